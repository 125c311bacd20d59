import { FederateError } from '../errors.ts'
import type { Now } from '../network/fetch.ts'
import type { HttpAnswer } from '../network/http.ts'
import { retryAfterIn } from '../network/retry-after.ts'

/** An answer of 429 or 5xx as `ISSUER_UNAVAILABLE` (unreachable). `details`: `url`, `status`, `retryAfter` in seconds. */
export function unavailable(answer: HttpAnswer, now: Now): FederateError {
  const retryAfter = retryAfterIn(answer, now)
  const wait = retryAfter === undefined ? '' : ` It asks to be left alone for ${Math.ceil(retryAfter)} s.`
  return new FederateError({
    code: 'ISSUER_UNAVAILABLE',
    outcome: 'unreachable',
    problem: `${answer.url} answered with status ${answer.status}: ${meaning(answer.status)}.${wait}`,
    next: 'Try again later; if it stays, look at the log of the issuer or of the proxy before it.',
    details: {
      url: answer.url,
      status: answer.status,
      transient: true,
      ...(retryAfter === undefined ? {} : { retryAfter }),
    },
  })
}

function meaning(status: number): string {
  if (status === 429) return 'too many requests'
  return status === 502 || status === 503 || status === 504
    ? 'the issuer behind it is not there at the moment'
    : 'an error on its side'
}
