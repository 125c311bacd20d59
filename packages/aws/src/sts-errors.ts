import { FederateError, type Token, tryReadJwt } from '@federate/core'
import {
  type AwsFailure,
  failureDetails,
  isServerFault,
  isThrottling,
  plainCode,
  readAwsFailure,
  verbatim,
} from './aws-failure.ts'
import { type StsRefusal, stsRefusals } from './sts-refusals.ts'
import type { AwsRuntime } from './target.ts'

export interface StsAttempt {
  readonly runtime: AwsRuntime
  readonly token: Token
  readonly now: Date
}

/**
 * Explains a failed exchange: STS's own code and words, the likeliest cause, and the two values that differ. Less likely
 * ones are in `details.otherCauses`, in order.
 *
 * Codes: those of `stsRefusals`, `AWS_THROTTLED`, `AWS_UNREACHABLE`, and `AWS_REFUSED` for what is in no table.
 * `details.transient` is true where the same request may well succeed a moment later.
 */
export function fromStsError(error: unknown, attempt: StsAttempt): FederateError {
  if (error instanceof FederateError) return error
  const failure = readAwsFailure(error)
  if (isThrottling(failure)) return throttled(failure, error)
  if (failure.kind !== 'answer' || isServerFault(failure)) return unreachable(failure, error)
  const refusal = refusalOf(failure)
  return refusal === undefined ? unknownRefusal(failure, attempt, error) : refused(failure, refusal, attempt, error)
}

function refusalOf(failure: AwsFailure): StsRefusal | undefined {
  const code = plainCode(failure.code)
  return stsRefusals.find((one) => one.awsCode === code && (one.message?.test(failure.message) ?? true))
}

function refused(failure: AwsFailure, refusal: StsRefusal, attempt: StsAttempt, cause: unknown): FederateError {
  const { runtime, token, now } = attempt
  const encoded = token.reveal()
  const causes = refusal.causes({
    runtime,
    now,
    claims: token.claims ?? {},
    header: tryReadJwt(encoded)?.header ?? {},
    tokenLength: encoded.length,
    message: failure.message,
  })
  const [likeliest, ...others] = [causes].flat()
  if (likeliest === undefined) return unknownRefusal(failure, attempt, cause)
  const { because, next, expected, actual } = likeliest
  return new FederateError({
    code: refusal.code,
    outcome: 'refused',
    problem: `${asked(runtime)}: ${verbatim(failure)}. ${because}`,
    next,
    details: {
      ...failureDetails(failure),
      roleArn: runtime.roleArn,
      expected,
      actual,
      otherCauses: others.map((other) => other.because),
      transient: refusal.transient === true,
      propagating: refusal.propagating === true,
    },
    cause,
  })
}

function unknownRefusal(failure: AwsFailure, { runtime }: StsAttempt, cause: unknown): FederateError {
  return new FederateError({
    code: 'AWS_REFUSED',
    outcome: 'refused',
    problem: `${asked(runtime)}: ${verbatim(failure)}.`,
    next: 'Run `federate explain aws` with this token to see every rule that AWS applies.',
    details: { ...failureDetails(failure), roleArn: runtime.roleArn },
    cause,
  })
}

function asked(runtime: AwsRuntime): string {
  return `AWS STS refused the token for the role ${runtime.roleArn}`
}

function throttled(failure: AwsFailure, cause: unknown): FederateError {
  return new FederateError({
    code: 'AWS_THROTTLED',
    outcome: 'unreachable',
    problem: `AWS STS did not exchange the token: ${verbatim(failure)}. Too many calls in a short time, also after several tries.`,
    next: 'Wait a minute and try again; keep credentials for as long as they live instead of exchanging anew.',
    details: { ...failureDetails(failure), transient: true },
    cause,
  })
}

function unreachable(failure: AwsFailure, cause: unknown): FederateError {
  return new FederateError({
    code: 'AWS_UNREACHABLE',
    outcome: 'unreachable',
    problem: `AWS STS could not be asked: ${verbatim(failure)}.`,
    next: 'Check the network, the proxy, the region, and AWS_ENDPOINT_URL_STS if it is set.',
    details: { ...failureDetails(failure), transient: true },
    cause,
  })
}
