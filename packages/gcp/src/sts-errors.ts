import { FederateError, type HttpAnswer, type Token } from '@federate/core'
import {
  failureDetails,
  type GoogleFailure,
  isServerFault,
  isThrottling,
  readGoogleFailure,
  verbatim,
} from './google-failure.ts'
import { type Cause, type ExchangeTarget, type StsRefusal, stsRefusals } from './sts-refusals.ts'

/** An exchange that STS did not answer with credentials. */
export interface StsAttempt {
  readonly target: ExchangeTarget
  readonly token: Token
  readonly now: Date
  /** What is wrong with the issuer's keys, where somebody looked (`whyNotConnected`). */
  readonly found?: Cause | undefined
}

/**
 * Explains a refused exchange: STS's own error and words, the likeliest cause, and the two values that differ.
 *
 * Codes: those of `stsRefusals`, `GCP_THROTTLED`, `GCP_UNREACHABLE`, and `GCP_REFUSED` for what is in no table.
 * `details.transient` is true where the same request may well succeed a moment later, `details.propagating` where it may
 * within minutes of a change.
 */
export function fromStsAnswer(answer: HttpAnswer, attempt: StsAttempt): FederateError {
  const failure = readGoogleFailure(answer)
  if (isThrottling(failure)) return throttled(failure, 'Google STS did not exchange the token')
  if (isServerFault(failure)) return unreachable(failure, 'Google STS could not be asked')
  const refusal = stsRefusals.find((one) => one.error === failure.code && (one.message?.test(failure.message) ?? true))
  return refusal === undefined ? unknownRefusal(failure, attempt) : refused(failure, refusal, attempt)
}

function refused(
  failure: GoogleFailure,
  refusal: StsRefusal,
  { target, token, now, found }: StsAttempt,
): FederateError {
  const { header = {}, claims = {} } = token
  const cause = refusal.cause({ target, now, header, claims, message: failure.message })
  const looked = refusal.code === 'GCP_ISSUER_NOT_CONNECTED' ? found : undefined
  const { because, next, expected, actual } = looked ?? cause
  return new FederateError({
    code: refusal.code,
    outcome: 'refused',
    problem: `${asked(target)}: ${verbatim(failure)}. ${because}`,
    next,
    details: {
      ...failureDetails(failure),
      provider: target.provider,
      expected,
      actual,
      transient: false,
      // What was found to be wrong does not pass by itself.
      propagating: refusal.propagating === true && looked === undefined,
    },
  })
}

function unknownRefusal(failure: GoogleFailure, { target }: StsAttempt): FederateError {
  return new FederateError({
    code: 'GCP_REFUSED',
    outcome: 'refused',
    problem: `${asked(target)}: ${verbatim(failure)}.`,
    next: 'Run `federate explain gcp` with this token to see every rule that Google applies.',
    details: { ...failureDetails(failure), provider: target.provider },
  })
}

function asked(target: ExchangeTarget): string {
  return `Google STS refused the token for ${target.provider}`
}

/** @internal What STS and iamcredentials have in common. */
export function throttled(failure: GoogleFailure, what: string): FederateError {
  return new FederateError({
    code: 'GCP_THROTTLED',
    outcome: 'unreachable',
    problem: `${what}: ${verbatim(failure)}. Too many calls in a short time, also after several tries; the quota is the project's.`,
    next: 'Wait a minute and try again; keep tokens for as long as they live instead of exchanging anew.',
    details: { ...failureDetails(failure), transient: true },
  })
}

/** @internal As `throttled`. */
export function unreachable(failure: GoogleFailure, what: string): FederateError {
  return new FederateError({
    code: 'GCP_UNREACHABLE',
    outcome: 'unreachable',
    problem: `${what}: ${verbatim(failure)}.`,
    next: 'Check the network and the proxy: what answered may not have been Google.',
    details: { ...failureDetails(failure), transient: true },
  })
}
