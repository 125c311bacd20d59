import { orAborted, withDeadline } from '../abort.ts'
import type { Seconds } from '../units.ts'

/**
 * One piece of work that several callers wait for. A caller's abort ends only that caller's wait. The work itself is
 * aborted when nobody waits any more, unless it is held, and when its own time is over: then it fails with `timedOut`.
 */
export class SharedWork<T> {
  readonly #abandon = new AbortController()
  readonly #result: Promise<T>
  #waiting = 0
  #held = false

  constructor(work: (signal: AbortSignal) => Promise<T>, timeout: Seconds, timedOut: () => Error) {
    const deadline = { signal: this.#abandon.signal, timeout, reason: timedOut }
    // Begun a moment later, so that the work may refer to this object from its first line on.
    this.#result = withDeadline(async (signal) => {
      await undefined
      return work(signal)
    }, deadline)
    // Callers that left do not look at it any more.
    this.#result.catch(() => undefined)
  }

  /** True once everybody left: then it must not be joined. */
  get abandoned(): boolean {
    return this.#abandon.signal.aborted
  }

  async join(signal?: AbortSignal): Promise<T> {
    this.#waiting += 1
    try {
      return await orAborted(this.#result, signal)
    } finally {
      this.#waiting -= 1
      if (this.#waiting === 0 && !this.#held) this.#abandon.abort()
    }
  }

  /** Lets it go on even if nobody waits. */
  hold(): Promise<T> {
    this.#held = true
    return this.#result
  }
}
