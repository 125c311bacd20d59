import type { IssuerAnswer } from './message.ts'

/** What a request is for. */
export type Endpoint = 'discovery' | 'keys' | 'token' | 'revocation' | 'logout'

/** A fault that the next requests meet. */
export interface Fault {
  /** HTTP status: 500, 503, 429, or 200 with `html`. */
  readonly status: number
  /** `Retry-After` in seconds. Default: no such header. */
  readonly retryAfter?: number
  /** A page for people where JSON is expected, as a proxy before the issuer would send. Default: false. */
  readonly html?: boolean
  /** Only requests to this endpoint. Default: any. */
  readonly endpoint?: Endpoint
  /** How many requests. Default: 1. */
  readonly times?: number
}

/** The faults that wait for a realm's next requests. */
export class Faults {
  #waiting: { fault: Fault; left: number }[] = []

  add(fault: Fault): void {
    this.#waiting.push({ fault, left: fault.times ?? 1 })
  }

  clear(): void {
    this.#waiting = []
  }

  /** The answer of the first fault that waits for this endpoint, or `undefined`. */
  take(endpoint: Endpoint): IssuerAnswer | undefined {
    const found = this.#waiting.find(({ fault }) => fault.endpoint === undefined || fault.endpoint === endpoint)
    if (found === undefined) return undefined
    found.left -= 1
    this.#waiting = this.#waiting.filter(({ left }) => left > 0)
    return faultAnswer(found.fault)
  }
}

function faultAnswer(fault: Fault): IssuerAnswer {
  const retryAfter = fault.retryAfter === undefined ? undefined : { 'retry-after': String(fault.retryAfter) }
  if (fault.html === true) {
    const body = '<!doctype html><html><head><title>Sign in</title></head><body>Please sign in.</body></html>'
    return { status: fault.status, headers: { 'content-type': 'text/html; charset=utf-8', ...retryAfter }, body }
  }
  return {
    status: fault.status,
    headers: { 'content-type': 'application/json', ...retryAfter },
    body: JSON.stringify({
      error: 'unknown_error',
      error_description: 'For more on this error consult the server log.',
    }),
  }
}
