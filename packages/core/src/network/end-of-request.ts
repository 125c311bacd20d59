import type { ClientRequest } from 'node:http'
import type { Seconds } from '../units.ts'

/** Ends a request early, by the caller or by the clock, and remembers why. */
export class EndOfRequest {
  reason: unknown
  readonly #signal: AbortSignal
  readonly #requests: ClientRequest[] = []
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #onAbort = () => this.#end(this.#signal.reason)

  constructor(signal: AbortSignal) {
    this.#signal = signal
    signal.addEventListener('abort', this.#onAbort, { once: true })
  }

  /** What is destroyed at the end: the request, and the one to a proxy before it. */
  watch(request: ClientRequest): void {
    this.#requests.push(request)
    if (this.reason !== undefined) request.destroy(new Error('ended early'))
  }

  /** Ends the request when the time is over, unless the returned function was called before. */
  after(time: Seconds, message: string): () => void {
    const timer = setTimeout(() => this.#end(new TimeoutError(message)), time * 1000)
    this.#timers.add(timer)
    return () => clearTimeout(timer)
  }

  clear(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#signal.removeEventListener('abort', this.#onAbort)
  }

  #end(reason: unknown): void {
    this.reason = reason
    for (const request of this.#requests) request.destroy(new Error('ended early'))
  }
}

/** As the system's own, so that nobody must know two kinds. */
class TimeoutError extends Error {
  readonly code = 'ETIMEDOUT'
}
