import { backOff, type Now, type Outcome, type Seconds } from '@federate/core'

/** What came of a renewal. */
export type Renewal = 'renewed' | Outcome

/** Renewals at the same time. */
const together = 16
/** Renewals a second of what is dead, after the first sixteen: a thousand services are back within half a minute. */
const mostPerSecond = 50
/** How much faster than on average what lives may be renewed. */
const headroom = 1.5
/** With few services the average says nothing: nobody waits longer than this for those before. */
const widestGap: Seconds = 2
/** What a late timer may catch up at once. */
const tolerance: Seconds = 0.1
/** How often an upstream that cannot be reached is tried at least. */
const longestPause: Seconds = 15

export interface PaceOptions {
  /** Milliseconds of a clock that is never set. */
  readonly monotonic: Now
  /** From 0 to 1, for jitter. */
  readonly random: () => number
}

/**
 * How fast renewals at one upstream follow each other, so that nothing is a storm: no start, no end of an outage.
 *
 * What lives can wait. It is spread evenly, at no more than one and a half times the rate that is needed on average.
 * What is dead cannot: it goes at fifty a second. While the upstream cannot be reached, one at a time tries, after 1, 2,
 * 4, 8 and then 15 seconds.
 */
export class Pace {
  readonly #options: PaceOptions
  readonly #living = new Gate(tolerance)
  readonly #dead = new Gate((together - 1) / mostPerSecond)
  #running = 0
  #failures = 0
  #closedUntil: Seconds = 0

  constructor(options: PaceOptions) {
    this.#options = options
  }

  /** Seconds until one more may begin; endless when one that is under way has to end before. */
  wait(dead: boolean): Seconds {
    if (this.#running >= (this.#failures > 0 ? 1 : together)) return Number.POSITIVE_INFINITY
    const now = this.#now()
    return Math.max((dead ? this.#dead : this.#living).wait(now), this.#closedUntil - now)
  }

  /** @param average how many renewals a second all that lives here needs. */
  begin(dead: boolean, average: number): void {
    this.#running += 1
    if (dead) this.#dead.pass(this.#now(), 1 / mostPerSecond)
    else this.#living.pass(this.#now(), Math.min(widestGap, 1 / (headroom * average)))
  }

  /** @returns whether the upstream can be reached again, and could not before. */
  end(renewal: Renewal): boolean {
    this.#running -= 1
    if (renewal === 'unreachable') {
      this.#close()
      return false
    }
    // What only this host can put right says nothing about the upstream.
    if (this.#failures === 0 || renewal === 'usage' || renewal === 'failed') return false
    this.#failures = 0
    this.#closedUntil = 0
    return true
  }

  #close(): void {
    // Those that were under way together fail together, which is one failure.
    if (this.#now() < this.#closedUntil) return
    this.#failures += 1
    const { random } = this.#options
    this.#closedUntil = this.#now() + backOff({ failures: this.#failures, random, base: 1, longest: longestPause })
  }

  #now(): Seconds {
    return this.#options.monotonic() / 1000
  }
}

/** Lets one through after the other; those that came late catch up within its tolerance. */
class Gate {
  readonly #tolerance: Seconds
  #free: Seconds = 0

  constructor(tolerance: Seconds) {
    this.#tolerance = tolerance
  }

  wait(now: Seconds): Seconds {
    return Math.max(0, this.#free - this.#tolerance - now)
  }

  pass(now: Seconds, gap: Seconds): void {
    this.#free = Math.max(this.#free, now) + gap
  }
}
