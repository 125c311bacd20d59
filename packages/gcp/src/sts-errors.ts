import { FederateError, type HttpAnswer, retryAfterIn, type Token } from '@federate/core'
import { readRefusal, verbatim } from './google-answer.ts'
import { refusalOf } from './sts-refusals.ts'
import type { GcpRuntime } from './target.ts'

export interface StsAttempt {
  readonly runtime: GcpRuntime
  readonly token: Token
  readonly now: Date
}

/**
 * Explains a refused exchange: Google's own code and words, the likeliest cause, and the two values that differ.
 *
 * Codes: those of `stsRefusals`, `GCP_THROTTLED`, `GCP_UNAVAILABLE`, and `GCP_REFUSED` for what is in no table.
 * `details.transient` is true where the same request may well succeed a moment later.
 */
export function fromGoogleAnswer(answer: HttpAnswer, attempt: StsAttempt): FederateError {
  const refusal = readRefusal(answer)
  if (answer.status === 429) return throttled(answer, attempt)
  if (answer.status >= 500 || refusal === undefined) return unavailable(answer, attempt)
  const known = refusalOf(refusal)
  const { runtime, token, now } = attempt
  const cause = known?.cause({ runtime, now, claims: token.claims ?? {}, header: token.header ?? {} })
  return new FederateError({
    code: known?.code ?? 'GCP_REFUSED',
    outcome: 'refused',
    problem: `${answer.peer.name} refused the token for ${runtime.provider}: ${verbatim(refusal)}.${cause === undefined ? '' : ` ${cause.because}`}`,
    next: cause?.next ?? 'Run `federate explain gcp` with this token to see every rule that Google applies.',
    details: {
      status: answer.status,
      googleCode: refusal.code,
      reason: refusal.reason,
      provider: runtime.provider,
      expected: cause?.expected,
      actual: cause?.actual,
      transient: known?.transient === true,
      propagating: known?.propagating === true,
    },
    secrets: [token.reveal()],
  })
}

function throttled(answer: HttpAnswer, { now }: StsAttempt): FederateError {
  const wait = retryAfterIn(answer, () => now.getTime())
  return new FederateError({
    code: 'GCP_THROTTLED',
    outcome: 'unreachable',
    problem: `${answer.peer.name} answered with status 429: too many calls in a minute for this project.`,
    next: 'Wait a minute and try again; keep credentials for as long as they live instead of exchanging anew.',
    details: { status: 429, transient: true, ...(wait === undefined ? {} : { retryAfter: wait }) },
  })
}

function unavailable(answer: HttpAnswer, { now }: StsAttempt): FederateError {
  const wait = retryAfterIn(answer, () => now.getTime())
  const isServer = answer.status >= 500
  return new FederateError({
    code: 'GCP_UNAVAILABLE',
    outcome: 'unreachable',
    problem: `${answer.url} answered with status ${answer.status}${isServer ? '' : ', and not as Google does'}.`,
    next: isServer
      ? 'Try again in a moment; if it stays, look at status.cloud.google.com and at the proxy on the way.'
      : 'Look for a proxy on the way that answers itself; Google is to be reached without one that asks for a login.',
    details: { status: answer.status, transient: isServer, ...(wait === undefined ? {} : { retryAfter: wait }) },
  })
}
