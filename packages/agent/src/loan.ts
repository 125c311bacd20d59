import {
  type ClockReading,
  type FederateError,
  type KeptCredentials,
  keepCredentials,
  monotonicNow,
  type Now,
  readClocks,
  type Seconds,
  secondsBetween,
  secondsSetBack,
} from '@federate/core'
import { asFederateError, type LoanFailure, reasonOf } from './failure.ts'
import type { Renewal } from './pace.ts'

/** What is obtained: credentials or a token, since when it lives. */
export interface Obtained<T> {
  readonly value: T
  /** Milliseconds since 1970; another process may have obtained it a while ago. */
  readonly obtainedAt: number
}

export interface LoanOptions<T> {
  /** As people call it: `billing/s3`. */
  readonly name: string
  /** Who is asked for it. Default: nobody else's. */
  readonly upstream?: string
  /** Gets it from the cache or from the cloud: only what was obtained after `newerThan`, where that is given. */
  readonly obtain: (request: { readonly newerThan?: number; readonly signal: AbortSignal }) => Promise<Obtained<T>>
  /** Default: `Date.now`. */
  readonly now?: Now
  /** Milliseconds of a clock that is never set. Default: `monotonicNow`. */
  readonly monotonic?: Now
  /** From 0 to 1, for jitter. Default: `Math.random`. */
  readonly random?: () => number
  /** The part of its life after which it is renewed at the latest. Default: 0.7. */
  readonly renewBy?: number
  /** Whether nobody but its callers renews it. Default: false. */
  readonly renewedByCallers?: boolean
  /** Told of every renewal: nothing when it succeeded. Default: nobody. */
  readonly onRenewal?: (error: FederateError | undefined, status: LoanStatus) => void
}

export interface LoanStatus {
  readonly name: string
  /** `stale`: what there is still lives, and renewing it fails. */
  readonly state: 'starting' | 'fresh' | 'stale' | 'failed'
  readonly expiresAt?: Date
  readonly reason?: LoanFailure
}

/** Whether there is something that lives. */
export function isReady({ state }: LoanStatus): boolean {
  return state === 'fresh' || state === 'stale'
}

/** What expires on its way to the cloud is of no use: this much, or a tenth of a life where that is less, must be left. */
const widestMargin: Seconds = 15
/** The longest wait after failures in a row. */
const longestWait: Seconds = 60
/** How early, in parts of its life, it is renewed; the first time earlier, so that what was begun together drifts apart. */
const [firstEarliest, spread] = [0.3, 0.2]
/** A clock that falls behind by more than this was set back. */
const notableStep: Seconds = 60

/**
 * One thing that is kept fresh, so that whoever asks for it is answered at once.
 *
 * It is renewed after 50 to 70 per cent of its life (or earlier: `renewBy`), the first time after 30 to 70, at random, so
 * that what was begun together drifts apart. While that fails, what lives is lent, and renewing is tried after 1, 2, 4 … 60 seconds.
 */
export class Loan<T extends { readonly expiresAt: Date }> {
  readonly name: string
  readonly upstream: string
  readonly #options: Required<Pick<LoanOptions<T>, 'now' | 'monotonic' | 'random'>> & LoanOptions<T>
  readonly #kept: KeptCredentials<T>
  /** When it was renewed last, or could not be, and how long from then on it need not be. */
  #renewedAt: ClockReading
  #wait: Seconds = 0
  #held: Obtained<T> | undefined
  /** When it came, for how long from then on it may be lent, and what it must live beyond that. */
  #heldSince: ClockReading
  #lendable: Seconds = 0
  #margin: Seconds = 0
  #renewing: Promise<Renewal> | undefined
  #failure: FederateError | undefined
  #failures = 0
  #renewals = 0
  readonly #listeners: (() => void)[] = []

  constructor(options: LoanOptions<T>) {
    const { now = Date.now, monotonic = monotonicNow, random = Math.random } = options
    this.name = options.name
    this.upstream = options.upstream ?? options.name
    this.#options = { ...options, now, monotonic, random }
    this.#renewedAt = this.#heldSince = this.#read()
    const name = `What ${options.name} lends`
    this.#kept = keepCredentials(({ forceRefresh, signal }) => this.#obtain(forceRefresh, signal), {
      now,
      monotonic,
      random,
      name,
    })
  }

  /** What lives, now: no promise of it where nothing is to be done. @throws FederateError when there is nothing that does. */
  get(): T | Promise<T> {
    const at = this.#read()
    if (this.#held !== undefined && this.#failure === undefined && this.#dueAt(at) > 0 && this.#leftAt(at) > 0)
      return this.#held.value
    return this.#find()
  }

  async #find(): Promise<T> {
    // A loop of callers must not become a loop of requests: after a failure, renewing has its own pace.
    const mayAsk = this.#failure === undefined || (this.#options.renewedByCallers === true && this.due <= 0)
    // By a clock that was set back it seems to live for long, and whoever gets it would believe that.
    if (mayAsk && (this.left <= 0 || this.#isSetBack(this.#read()))) await this.renew()
    if (this.#failure !== undefined && this.left <= 0) throw this.#failure
    return this.#kept({ minValidity: this.#margin })
  }

  /** Whom to tell whenever there is something newer. */
  whenRenewed(listener: () => void): void {
    this.#listeners.push(listener)
  }

  /** Seconds until it wants to be renewed; none when it is overdue. */
  get due(): Seconds {
    return this.#dueAt(this.#read())
  }

  /** Seconds for which it can still be lent; none when nothing lives. */
  get left(): Seconds {
    return this.#leftAt(this.#read())
  }

  /** Seconds from one renewal to the next, on average; nothing before the first. */
  get period(): Seconds | undefined {
    return this.#held === undefined ? undefined : Math.max(1, lifeOf(this.#held) * (this.#latest - spread / 2))
  }

  get #latest(): number {
    return this.#options.renewBy ?? 0.7
  }

  get status(): LoanStatus {
    const { name } = this
    const expiresAt = this.#held?.value.expiresAt
    const lives = expiresAt !== undefined && this.left > 0
    const failure = this.#failure
    const reason = failure === undefined ? {} : { reason: reasonOf(failure) }
    if (!lives) return { name, state: failure === undefined ? 'starting' : 'failed', ...reason }
    return { name, state: failure === undefined ? 'fresh' : 'stale', expiresAt, ...reason }
  }

  /** Renews it, once for all who ask meanwhile; never throws. */
  renew(signal?: AbortSignal): Promise<Renewal> {
    this.#renewing ??= this.#renew(signal).finally(() => {
      this.#renewing = undefined
    })
    return this.#renewing
  }

  async #renew(signal: AbortSignal | undefined): Promise<Renewal> {
    const first = this.#held === undefined
    try {
      await this.#kept({ forceRefresh: !first, ...(signal === undefined ? {} : { signal }) })
      this.#succeed()
      return 'renewed'
    } catch (error) {
      return signal?.aborted === true ? 'failed' : this.#fail(error)
    }
  }

  #read(): ClockReading {
    return readClocks(this.#options.now, this.#options.monotonic)
  }

  #dueAt(at: ClockReading): Seconds {
    if (this.#failure === undefined && this.#isSetBack(at)) return 0
    return Math.max(0, this.#wait - secondsBetween(this.#renewedAt, at))
  }

  #leftAt(at: ClockReading): Seconds {
    return Math.max(0, this.#lendable - secondsBetween(this.#heldSince, at))
  }

  #isSetBack(at: ClockReading): boolean {
    return this.#held !== undefined && secondsSetBack(this.#heldSince, at) > notableStep
  }

  async #obtain(forceRefresh: boolean, signal: AbortSignal): Promise<T> {
    const held = this.#held
    const newer = forceRefresh && held !== undefined ? { newerThan: held.obtainedAt } : {}
    const obtained = await this.#options.obtain({ ...newer, signal })
    const since = this.#read()
    const lifetime = (obtained.value.expiresAt.getTime() - since.wall) / 1000
    this.#margin = Math.min(widestMargin, lifetime / 10)
    this.#lendable = lifetime - this.#margin
    this.#heldSince = since
    this.#held = obtained
    return obtained.value
  }

  #succeed(): void {
    const { random, onRenewal } = this.#options
    const held = this.#held
    const at = this.#read()
    const [life, age] = held === undefined ? [0, 0] : [lifeOf(held), (at.wall - held.obtainedAt) / 1000]
    const from = this.#renewals === 0 ? firstEarliest : this.#latest - spread
    this.#renewals += 1
    this.#failures = 0
    this.#failure = undefined
    this.#wait = Math.max(1, life * (from + (this.#latest - from) * random()) - age)
    this.#renewedAt = at
    onRenewal?.(undefined, this.status)
    for (const listener of this.#listeners) listener()
  }

  #fail(error: unknown): Renewal {
    const { random, onRenewal } = this.#options
    this.#failures += 1
    this.#failure = asFederateError(error)
    this.#wait = Math.min(longestWait, 2 ** Math.min(this.#failures - 1, 10)) * (0.5 + random() / 2)
    this.#renewedAt = this.#read()
    onRenewal?.(this.#failure, this.status)
    return this.#failure.outcome
  }
}

function lifeOf({ value, obtainedAt }: Obtained<{ readonly expiresAt: Date }>): Seconds {
  return (value.expiresAt.getTime() - obtainedAt) / 1000
}
