import type { Now, Seconds } from '@federate/core'

/** How many may ask at once. An issuer that rotates twice within seconds is rare, one that rotates more often broken. */
const burst = 3

/**
 * Says when an unknown key is worth a request to the issuer: after a rotation it is, but anybody can make up key ids.
 */
export class UnknownKeys {
  readonly #interval: Seconds
  readonly #now: Now
  #left = burst
  #since: number

  constructor(interval: Seconds, now: Now) {
    this.#interval = interval
    this.#now = now
    this.#since = now()
  }

  mayAsk(): boolean {
    const now = this.#now()
    const passed = (now - this.#since) / 1000
    // A clock that was set back says nothing; counting starts anew.
    if (passed < 0) this.#since = now
    const earned = Math.max(0, Math.floor(passed / this.#interval))
    if (earned > 0) {
      this.#left = Math.min(burst, this.#left + earned)
      this.#since = now
    }
    if (this.#left === 0) return false
    this.#left -= 1
    return true
  }
}
