import { orAborted } from '../abort.ts'
import { startStopwatch } from '../clock.ts'
import { FederateError } from '../errors.ts'
import { backOff } from '../network/back-off.ts'
import type { Now } from '../network/fetch.ts'
import { retryAfterOf } from '../network/retry.ts'
import type { Seconds } from '../units.ts'
import type { FreshnessEvent } from './freshness-event.ts'
import { freshnessMargins, type Margins } from './freshness-margins.ts'
import { SharedWork } from './shared-work.ts'
import type { Token } from './token.ts'
import type { TokenRequest, TokenSource } from './token-source.ts'

export interface Surroundings {
  readonly source: TokenSource
  readonly now: Now
  readonly monotonic: Now
  readonly random: () => number
  readonly timeout: Seconds
  readonly onEvent: (event: FreshnessEvent) => void
  readonly warn: (message: string) => void
}

interface Held {
  readonly token: Token
  readonly margins: Margins
  /** Seconds that the token still lives. */
  readonly remaining: () => Seconds
}

interface Failure {
  readonly error: unknown
  readonly count: number
  /** By the monotonic clock, in milliseconds. */
  readonly retryAt: number
  /** Whether the server itself asked to be left alone until then. */
  readonly asked: boolean
}

/** The token for one audience and set of scopes, and the one fetch that may be under way for it. */
export class KeptToken {
  readonly #around: Surroundings
  readonly #audience: string | undefined
  readonly #scope: readonly string[]
  #held: Held | undefined
  #work: SharedWork<Held> | undefined
  #failure: Failure | undefined

  constructor(surroundings: Surroundings, { audience, scope = [] }: TokenRequest) {
    this.#around = surroundings
    this.#audience = audience
    this.#scope = scope
  }

  /** The token that is held, if it will do; a new one may be fetched in the background meanwhile. */
  ready({ minValidity = 0, forceRefresh = false }: TokenRequest): Token | undefined {
    const held = this.#held
    if (held === undefined || forceRefresh) return undefined
    const remaining = held.remaining()
    if (remaining <= held.margins.hard || remaining <= minValidity) return undefined
    if (remaining < held.margins.soft && !this.#backingOff()) this.#refreshInBackground()
    return held.token
  }

  /** The token that is held, if it still lives; it is not handed out any more. */
  take(): Token | undefined {
    const held = this.#held
    this.#held = undefined
    return held !== undefined && held.remaining() > 0 ? held.token : undefined
  }

  /** A new token, or the old one where that is all there is. */
  async wait(request: TokenRequest): Promise<Token> {
    if (this.#backingOff() && !request.forceRefresh) {
      const old = this.#living(request)
      if (old !== undefined) return old
      if (this.#failure?.asked === true) throw this.#failure.error
    }
    try {
      const held = await this.#fetch(request.forceRefresh ?? false).join(request.signal)
      return sufficient(held, request.minValidity ?? 0)
    } catch (error) {
      const old = request.signal?.aborted === true ? undefined : this.#living(request)
      if (old === undefined) throw error
      return old
    }
  }

  /** The old token, if it may still be handed to this caller. */
  #living({ minValidity = 0, forceRefresh = false }: TokenRequest): Token | undefined {
    const remaining = this.#held?.remaining() ?? 0
    return !forceRefresh && remaining > 0 && remaining >= minValidity ? this.#held?.token : undefined
  }

  #backingOff(): boolean {
    return this.#failure !== undefined && this.#around.monotonic() < this.#failure.retryAt
  }

  #refreshInBackground(): void {
    if (this.#work !== undefined && !this.#work.abandoned) return
    this.#fetch(false, true)
      .hold()
      // Told to `warn` and `onEvent` already; the caller has a token.
      .catch(() => undefined)
  }

  #fetch(forceRefresh: boolean, background = false): SharedWork<Held> {
    if (this.#work !== undefined && !this.#work.abandoned) return this.#work
    const work: SharedWork<Held> = new SharedWork(async (signal) => {
      try {
        this.#tell({ type: 'fetching', background })
        // A source that does not listen to its signal must not stand in the way of the next fetch.
        return this.#keep(await orAborted(this.#ask(forceRefresh, signal), signal))
      } catch (error) {
        // Nobody waited any more: that says nothing about the issuer.
        if (!work.abandoned) this.#fail(error)
        throw error
      } finally {
        if (this.#work === work) this.#work = undefined
      }
    }, this.#around.timeout)
    this.#work = work
    return work
  }

  #ask(forceRefresh: boolean, signal: AbortSignal): Promise<Token> {
    return this.#around.source.getToken({ ...this.#wish(), forceRefresh, signal })
  }

  #keep(token: Token): Held {
    const { now, monotonic, random } = this.#around
    const lifetime = (token.expiresAt.getTime() - now()) / 1000
    const elapsed = startStopwatch(now, monotonic)
    const held = { token, margins: freshnessMargins(lifetime, random), remaining: () => lifetime - elapsed() }
    this.#held = held
    this.#failure = undefined
    this.#tell({ type: 'fetched', expiresAt: token.expiresAt, fingerprint: token.fingerprint })
    return held
  }

  #fail(error: unknown): void {
    const { monotonic, random, warn } = this.#around
    const count = (this.#failure?.count ?? 0) + 1
    const retryAfter = retryAfterOf(error)
    const own = backOff({ failures: count, random, base: 1, longest: 60 })
    const delay = Math.max(own, Math.min(retryAfter ?? 0, 300))
    this.#failure = { error, count, retryAt: monotonic() + delay * 1000, asked: retryAfter !== undefined }
    const oldTokenLives = this.#living({}) !== undefined
    this.#tell({ type: 'failed', error, failures: count, oldTokenLives })
    if (oldTokenLives) warn(staleWarning(error, this.#held?.token, delay))
  }

  #tell(event: DistributiveOmit<FreshnessEvent, 'audience' | 'scope'>): void {
    this.#around.onEvent({ ...this.#wish(), ...event })
  }

  #wish(): { audience?: string; scope: readonly string[] } {
    return { ...(this.#audience === undefined ? {} : { audience: this.#audience }), scope: this.#scope }
  }
}

type DistributiveOmit<T, Key extends PropertyKey> = T extends unknown ? Omit<T, Key> : never

function staleWarning(error: unknown, old: Token | undefined, delay: Seconds): string {
  const reason = error instanceof FederateError ? error.problem : 'The token could not be refreshed.'
  return `${reason} The old token is used until ${old?.expiresAt.toISOString()}; next try in ${Math.ceil(delay)} s.`
}

function sufficient(held: Held, minValidity: Seconds): Token {
  const remaining = held.remaining()
  if (remaining > 0 && remaining >= minValidity) return held.token
  throw new FederateError({
    code: 'TOKEN_LIFETIME_TOO_SHORT',
    outcome: 'failed',
    problem: `A new token lives for ${Math.floor(remaining)} s, where at least ${minValidity} s were asked for.`,
    next: 'Raise the lifetime of access tokens at the issuer, or ask for less.',
    details: { remaining, minValidity },
  })
}
