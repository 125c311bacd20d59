import { backOff, FederateError, type Fetch, type Now, printable, type Seconds } from '@federate/core'
import type { KeyOptions } from '../options.ts'
import { Refusal, unavailable } from '../refusal.ts'
import type { FoundKey, KeySource } from '../signature.ts'
import { fetchKeys, type KeyPlace } from './fetch-keys.ts'
import type { KeySet } from './key-set.ts'
import { UnknownKeys } from './unknown-keys.ts'
import type { VerificationKey } from './verification-key.ts'

export interface KeyKeeperOptions extends Required<KeyOptions> {
  readonly fetch: Fetch
  readonly now: Now
  /** From 0 to 1, as `Math.random`. */
  readonly random: () => number
  readonly warn: (message: string) => void
}

/** The part of the keys' maximum age after which they are fetched in the background. */
const ahead = 0.8
const firstDelay: Seconds = 1
const longestDelay: Seconds = 30

/**
 * The keys of one issuer, always at hand: fetched once for all who wait, fetched again before they are old, kept while
 * the issuer cannot be reached. Failures are retried ever more slowly, and unknown key ids cannot make it ask often.
 */
export class KeyKeeper implements KeySource {
  readonly #place: KeyPlace
  readonly #options: KeyKeeperOptions
  readonly #unknown: UnknownKeys
  #keys: { readonly set: KeySet; readonly since: number } | undefined
  /** Milliseconds since the epoch from which the next request is due. */
  #due = 0
  #failures = 0
  #failure: unknown
  #fetching: Promise<void> | undefined

  constructor(place: KeyPlace, options: KeyKeeperOptions) {
    this.#place = place
    this.#options = options
    this.#unknown = new UnknownKeys(options.unknownKeyInterval, options.now)
  }

  /**
   * The key that a token names; an unknown one is asked for, if that was not done just now.
   *
   * @throws Refusal `KEYS_UNAVAILABLE` (503) while there are none, or only such that are too old; and for a key that is
   *   not among them while the issuer, which may have it, cannot be asked.
   */
  async find(id: string | undefined, algorithm: string): Promise<FoundKey> {
    const found = (await this.#current()).find(id, algorithm)
    return found === 'unknown' ? this.#afterRotation(id, algorithm) : found
  }

  /** Whether a key still counts. Answers at once, and is what makes keys be fetched ahead. */
  holds(key: VerificationKey): boolean {
    return this.#usable()?.holds(key) === true
  }

  async #afterRotation(id: string | undefined, algorithm: string): Promise<FoundKey> {
    // What is under way may have been asked before the issuer had the key; then one more request tells.
    if (this.#fetching !== undefined) {
      await this.#fetching
      const found = this.#found(id, algorithm)
      if (found !== 'unknown') return found
    }
    const mayFetch = this.#fetching !== undefined || (!this.#isBackingOff() && this.#unknown.mayAsk())
    if (mayFetch) await this.#fetch()
    const found = this.#found(id, algorithm)
    // Who gets 401 throws away a token that is good as soon as the issuer can be asked for its new key.
    if (found === 'unknown' && this.#failures > 0) throw this.#perhapsNew(id)
    return found
  }

  #found(id: string | undefined, algorithm: string): FoundKey {
    return this.#keys?.set.find(id, algorithm) ?? 'unknown'
  }

  /** The keys to use now, waited for where there are none or where nobody has asked for them in a long time. */
  async #current(): Promise<KeySet> {
    const usable = this.#usable()
    if (usable !== undefined) return usable
    if (!this.#isBackingOff()) await this.#fetch()
    if (this.#keys !== undefined && this.#age() < this.#limit()) return this.#keys.set
    throw this.#unavailable()
  }

  /** The keys that can be used without waiting: young ones, and older ones while the issuer cannot be reached. */
  #usable(): KeySet | undefined {
    if (this.#keys === undefined || this.#age() >= this.#limit()) return undefined
    if (this.#options.now() >= this.#due) void this.#fetch()
    return this.#keys.set
  }

  /** Seconds for which the keys are used; a request that failed never makes that less, because anybody can cause one. */
  #limit(): Seconds {
    const { maximumAge, maximumStale } = this.#options
    return this.#failures > 0 ? Math.max(maximumAge, maximumStale) : maximumAge
  }

  /** Seconds since the keys came; a clock that was set back makes them old, not young for ever. */
  #age(): Seconds {
    if (this.#keys === undefined) return Number.POSITIVE_INFINITY
    const age = (this.#options.now() - this.#keys.since) / 1000
    return age < 0 ? this.#options.maximumAge : age
  }

  #isBackingOff(): boolean {
    return this.#failures > 0 && this.#options.now() < this.#due
  }

  /** Never rejects: what came of it is seen in the keys. */
  #fetch(): Promise<void> {
    this.#fetching ??= this.#fetchOnce().finally(() => {
      this.#fetching = undefined
    })
    return this.#fetching
  }

  async #fetchOnce(): Promise<void> {
    const { fetch, timeout, now, random, maximumAge } = this.#options
    try {
      const set = await fetchKeys(this.#place, { fetch, timeout })
      this.#keys = { set: set.keeping(this.#keys?.set), since: now() }
      // Processes that started together drift apart.
      this.#due = now() + maximumAge * ahead * (0.9 + random() * 0.1) * 1000
      this.#failures = 0
    } catch (error) {
      this.#failures += 1
      this.#failure = error
      this.#due = now() + backOff({ failures: this.#failures, random, base: firstDelay, longest: longestDelay }) * 1000
      this.#tellFailure(error)
    }
  }

  #tellFailure(error: unknown): void {
    const why = error instanceof FederateError ? error.problem : String(error)
    const { issuer } = this.#place
    const instead =
      this.#keys === undefined
        ? 'there are none from before, so its tokens are refused'
        : `those that came ${Math.round(this.#age())} s ago are used, for at most ${this.#limit()} s`
    this.#options.warn(`The keys of ${issuer} could not be fetched; ${instead}. ${why}`)
  }

  #perhapsNew(id: string | undefined): Refusal {
    const key = id === undefined ? 'a key without an id' : `the key ${printable(id)}`
    const age = Math.round(this.#age())
    return this.#unavailable(
      `The token is signed by ${key}, which is not among those of ${this.#place.issuer} that came ${age} s ago, and newer ones cannot be had.`,
    )
  }

  #unavailable(
    problem = `The keys of ${this.#place.issuer} cannot be had, so none of its tokens can be verified.`,
  ): Refusal {
    return new Refusal({
      code: 'KEYS_UNAVAILABLE',
      problem,
      next: 'Check that this host reaches the issuer; `cause` says what went wrong at the last try.',
      answer: unavailable((this.#due - this.#options.now()) / 1000),
      cause: this.#failure,
    })
  }
}
