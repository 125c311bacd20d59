import { orAborted } from '../abort.ts'
import { startStopwatch } from '../clock.ts'
import { FederateError } from '../errors.ts'
import { backOff } from '../network/back-off.ts'
import type { Now } from '../network/fetch.ts'
import { retryAfterOf } from '../network/retry.ts'
import type { Seconds } from '../units.ts'
import { freshnessMargins, type Margins } from './margins.ts'
import { SharedWork } from './shared-work.ts'
import { timedOut } from './timed-out.ts'

/** What one caller asks of something that is kept. */
export interface KeptRequest {
  /** Seconds that it must still live. Default: 0. */
  readonly minValidity?: Seconds
  /** Whether only a new one will do. Default: false. */
  readonly forceRefresh?: boolean
  readonly signal?: AbortSignal
}

/** What happened to something that is kept. */
export type KeptEvent<T> =
  | { readonly type: 'fetching'; readonly background: boolean }
  | { readonly type: 'fetched'; readonly value: T }
  | { readonly type: 'failed'; readonly error: unknown; readonly failures: number; readonly oldLives: boolean }

/** How messages speak of what is kept. */
export interface KeptWords {
  /** Of the error codes: `TOKEN` makes `TOKEN_TIMEOUT`. */
  readonly prefix: string
  /** `The token`, as a sentence begins. */
  readonly name: string
  /** Where its lifetime is set, as the end of "Raise …". */
  readonly lifetime: string
}

export interface Keeping<T> {
  readonly fetch: (forceRefresh: boolean, signal: AbortSignal) => Promise<T>
  readonly words: KeptWords
  readonly now: Now
  /** Milliseconds of a clock that is never set. */
  readonly monotonic: Now
  readonly random: () => number
  /** Seconds after which a fetch is given up, all its tries together. */
  readonly timeout: Seconds
  readonly tell: (event: KeptEvent<T>) => void
  readonly warn: (message: string) => void
}

interface Held<T> {
  readonly value: T
  readonly margins: Margins
  /** Seconds that it still lives. */
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

/** One thing that expires, and the one fetch that may be under way for it. The rules are told at `keepFresh`. */
export class Kept<T extends { readonly expiresAt: Date }> {
  readonly #keeping: Keeping<T>
  #held: Held<T> | undefined
  #work: SharedWork<Held<T>> | undefined
  #failure: Failure | undefined

  constructor(keeping: Keeping<T>) {
    this.#keeping = keeping
  }

  /** What is held, if it will do, else a promise of what will. */
  get(request: KeptRequest): T | Promise<T> {
    return this.#ready(request) ?? this.#wait(request)
  }

  /** What is held, if it still lives; it is not handed out any more. */
  take(): T | undefined {
    const held = this.#held
    this.#held = undefined
    return held !== undefined && held.remaining() > 0 ? held.value : undefined
  }

  /** What is held, if it will do; a new one may be fetched in the background meanwhile. */
  #ready({ minValidity = 0, forceRefresh = false }: KeptRequest): T | undefined {
    const held = this.#held
    if (held === undefined || forceRefresh) return undefined
    const remaining = held.remaining()
    if (remaining <= held.margins.hard || remaining <= minValidity) return undefined
    if (remaining < held.margins.soft && !this.#backingOff()) this.#refreshInBackground()
    return held.value
  }

  /** A new one, or the old one where that is all there is. */
  async #wait(request: KeptRequest): Promise<T> {
    if (this.#backingOff() && !request.forceRefresh) {
      const old = this.#living(request)
      if (old !== undefined) return old
      if (this.#failure?.asked === true) throw this.#failure.error
    }
    try {
      const held = await this.#fetch(request.forceRefresh ?? false).join(request.signal)
      return this.#sufficient(held, request.minValidity ?? 0)
    } catch (error) {
      const old = request.signal?.aborted === true ? undefined : this.#living(request)
      if (old === undefined) throw error
      return old
    }
  }

  /** The old one, if it may still be handed to this caller. */
  #living({ minValidity = 0, forceRefresh = false }: KeptRequest): T | undefined {
    const remaining = this.#held?.remaining() ?? 0
    return !forceRefresh && remaining > 0 && remaining >= minValidity ? this.#held?.value : undefined
  }

  #backingOff(): boolean {
    return this.#failure !== undefined && this.#keeping.monotonic() < this.#failure.retryAt
  }

  #refreshInBackground(): void {
    if (this.#work !== undefined && !this.#work.abandoned) return
    this.#fetch(false, true)
      .hold()
      // Told to `warn` and `tell` already; the caller has the old one.
      .catch(() => undefined)
  }

  #fetch(forceRefresh: boolean, background = false): SharedWork<Held<T>> {
    if (this.#work !== undefined && !this.#work.abandoned) return this.#work
    const { timeout, tell, fetch, words } = this.#keeping
    const run = async (signal: AbortSignal) => {
      try {
        tell({ type: 'fetching', background })
        // A source that does not listen to its signal must not stand in the way of the next fetch.
        return this.#keep(await orAborted(fetch(forceRefresh, signal), signal))
      } catch (error) {
        // Nobody waited any more: that says nothing about the issuer.
        if (!work.abandoned) this.#fail(error)
        throw error
      } finally {
        if (this.#work === work) this.#work = undefined
      }
    }
    const work: SharedWork<Held<T>> = new SharedWork(run, timeout, () => timedOut(words, timeout))
    this.#work = work
    return work
  }

  #keep(value: T): Held<T> {
    const { now, monotonic, random, tell } = this.#keeping
    const lifetime = (value.expiresAt.getTime() - now()) / 1000
    const elapsed = startStopwatch(now, monotonic)
    const held = { value, margins: freshnessMargins(lifetime, random), remaining: () => lifetime - elapsed() }
    this.#held = held
    this.#failure = undefined
    tell({ type: 'fetched', value })
    return held
  }

  #fail(error: unknown): void {
    const { monotonic, random, warn, tell } = this.#keeping
    const count = (this.#failure?.count ?? 0) + 1
    const retryAfter = retryAfterOf(error)
    const own = backOff({ failures: count, random, base: 1, longest: 60 })
    const delay = Math.max(own, Math.min(retryAfter ?? 0, 300))
    this.#failure = { error, count, retryAt: monotonic() + delay * 1000, asked: retryAfter !== undefined }
    const old = this.#living({})
    tell({ type: 'failed', error, failures: count, oldLives: old !== undefined })
    if (old !== undefined) warn(this.#staleWarning(error, old, delay))
  }

  #staleWarning(error: unknown, { expiresAt }: T, delay: Seconds): string {
    const { name } = this.#keeping.words
    const reason = error instanceof FederateError ? error.problem : `${name} could not be refreshed.`
    return `${reason} The old one is used until ${expiresAt.toISOString()}; next try in ${Math.ceil(delay)} s.`
  }

  #sufficient(held: Held<T>, minValidity: Seconds): T {
    const remaining = held.remaining()
    if (remaining > 0 && remaining >= minValidity) return held.value
    const { prefix, name, lifetime } = this.#keeping.words
    throw new FederateError({
      code: `${prefix}_LIFETIME_TOO_SHORT`,
      outcome: 'failed',
      problem: `${name} could be had for ${Math.floor(remaining)} s only, where at least ${minValidity} s were asked for.`,
      next: `Raise ${lifetime}, or ask for less.`,
      details: { remaining, minValidity },
    })
  }
}
