import type { Now } from '@federate/core'

/** When changes reach the servers that judge tokens. Shared by all values of a sandbox, and changed by tests. */
export interface Propagation {
  /** Milliseconds. */
  delay: number
}

/** A value that is read back at once, and known everywhere only after a while: Google's IAM is eventually consistent. */
export class Delayed<T> {
  readonly #now: Now
  readonly #propagation: Propagation
  #history: { readonly at: number; readonly value: T }[]

  constructor(value: T, now: Now, propagation: Propagation) {
    this.#now = now
    this.#propagation = propagation
    this.#history = [{ at: now(), value }]
  }

  get current(): T | undefined {
    return this.#history.at(-1)?.value
  }

  set(value: T): void {
    this.#history.push({ at: this.#now(), value })
  }

  /** What the servers that judge tokens know. `undefined`: not even that it exists. */
  get known(): T | undefined {
    const until = this.#now() - this.#propagation.delay
    return this.#history.findLast(({ at }) => at <= until)?.value
  }
}
