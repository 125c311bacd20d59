import { FederateError, type FederateErrorOptions } from '@federate/core'
import {
  type AwsFailure,
  failureDetails,
  isServerFault,
  isThrottling,
  plainCode,
  readAwsFailure,
  verbatim,
} from './aws-failure.ts'

/** What an administrator's call to AWS was about. */
export interface AdminCall {
  /** In IAM's words, as a policy names it: `iam:CreateRole`. */
  readonly action: string
  /** The ARN it is done to. */
  readonly resource: string
  readonly account?: string
}

/**
 * Explains a failed call of an administrator to IAM or STS.
 *
 * Codes: `AWS_NO_CREDENTIALS`, `AWS_EXPIRED_CREDENTIALS`, `AWS_INVALID_CREDENTIALS`, `AWS_ACCESS_DENIED`,
 * `AWS_CHANGED_MEANWHILE`, `AWS_NO_SUCH_POLICY`, `AWS_LIMIT`, `AWS_ISSUER_UNREACHABLE`, `AWS_POLICY_MALFORMED`, `AWS_THROTTLED`,
 * `AWS_UNREACHABLE`, `AWS_REFUSED`.
 */
export function fromIamError(error: unknown, call: AdminCall): FederateError {
  if (error instanceof FederateError) return error
  const failure = readAwsFailure(error)
  const { action, resource } = call
  const details = { ...failureDetails(failure), action, resource, account: call.account }
  return new FederateError({ ...explain(failure, call), details, cause: error })
}

type Explanation = Pick<FederateErrorOptions, 'code' | 'outcome' | 'problem' | 'next'>

function explain(failure: AwsFailure, call: AdminCall): Explanation {
  const what = `${call.action} on ${call.resource}`
  if (failure.kind === 'credentials') return noCredentials(failure, what)
  if (isThrottling(failure)) return throttled(failure, what)
  if (failure.kind === 'network' || isServerFault(failure)) return unreachable(failure, what)
  return (explanations[plainCode(failure.code)] ?? refused)(failure, what, call)
}

type Explain = (failure: AwsFailure, what: string, call: AdminCall) => Explanation

const explanations: Readonly<Record<string, Explain>> = {
  AccessDenied: accessDenied,
  UnauthorizedOperation: accessDenied,
  ExpiredToken: expiredCredentials,
  RequestExpired: expiredCredentials,
  InvalidClientTokenId: invalidCredentials,
  UnrecognizedClient: invalidCredentials,
  SignatureDoesNotMatch: invalidCredentials,
  EntityAlreadyExists: changedMeanwhile,
  NoSuchEntity: missing,
  ConcurrentModification: changedMeanwhile,
  LimitExceeded: limitExceeded,
  OpenIdIdpCommunicationError: issuerUnreachable,
  MalformedPolicyDocument: malformedPolicy,
}

function noCredentials(failure: AwsFailure, what: string): Explanation {
  return {
    code: 'AWS_NO_CREDENTIALS',
    outcome: 'usage',
    problem: `No AWS credentials for ${what}: ${failure.message}. Looked in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE and the shared configuration files, single sign-on, and container and instance roles.`,
    next: 'Set AWS_PROFILE to an administrator profile (after `aws sso login` where it needs that), or the two key variables, and run the command again.',
  }
}

function expiredCredentials(failure: AwsFailure, what: string): Explanation {
  return {
    code: 'AWS_EXPIRED_CREDENTIALS',
    outcome: 'refused',
    problem: `AWS refused ${what}: ${verbatim(failure)}. The administrator's AWS credentials have expired.`,
    next: 'Sign in again (`aws sso login`, or new keys in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN) and run the command again.',
  }
}

function invalidCredentials(failure: AwsFailure, what: string): Explanation {
  return {
    code: 'AWS_INVALID_CREDENTIALS',
    outcome: 'refused',
    problem: `AWS refused ${what}: ${verbatim(failure)}. The administrator's AWS credentials are not valid there: a wrong key, a session token that does not belong to it, or keys of another partition.`,
    next: 'Check AWS_PROFILE, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN with `aws sts get-caller-identity`.',
  }
}

function accessDenied(failure: AwsFailure, what: string, { action, resource }: AdminCall): Explanation {
  return {
    code: 'AWS_ACCESS_DENIED',
    outcome: 'refused',
    problem: `AWS refused ${what}: ${verbatim(failure)}. The administrator's credentials lack ${action}, or a boundary or organisation policy denies it.`,
    next: `Allow ${action} on ${resource} for them, or use others (AWS_PROFILE).`,
  }
}

function changedMeanwhile(failure: AwsFailure, what: string): Explanation {
  return {
    code: 'AWS_CHANGED_MEANWHILE',
    outcome: 'failed',
    problem: `AWS refused ${what}: ${verbatim(failure)}. Somebody changed it after it was read.`,
    next: 'Run `federate plan aws` to see how it is now.',
  }
}

/** A policy that nobody has made is a slip in federate.yaml; anything else was there when it was read. */
function missing(failure: AwsFailure, what: string): Explanation {
  if (!/\bpolicy\b|scope arn/i.test(failure.message)) return changedMeanwhile(failure, what)
  return {
    code: 'AWS_NO_SUCH_POLICY',
    outcome: 'usage',
    problem: `AWS refused ${what}: ${verbatim(failure)}. A policy of the target in federate.yaml is not there.`,
    next: "Correct the ARN in the target's policies or permissionsBoundary, or make that policy first.",
  }
}

function limitExceeded(failure: AwsFailure, what: string): Explanation {
  return {
    code: 'AWS_LIMIT',
    outcome: 'refused',
    problem: `AWS refused ${what}: ${verbatim(failure)}. A quota of the account is used up.`,
    next: 'Ask for more in the Service Quotas console (IAM), or remove what is no longer needed.',
  }
}

function issuerUnreachable(failure: AwsFailure, what: string): Explanation {
  return {
    code: 'AWS_ISSUER_UNREACHABLE',
    outcome: 'refused',
    problem: `AWS refused ${what}: ${verbatim(failure)}. IAM could not reach the issuer from the internet, or its certificate chain is out of order or incomplete.`,
    next: "Make the issuer's discovery document and its keys reachable from the internet, and run the command again.",
  }
}

function malformedPolicy(failure: AwsFailure, what: string, { action }: AdminCall): Explanation {
  const trust = /AssumeRolePolicy|CreateRole/.test(action)
  return {
    code: 'AWS_POLICY_MALFORMED',
    outcome: 'refused',
    problem: `AWS refused ${what}: ${verbatim(failure)}. IAM does not store such a policy.`,
    next: trust
      ? "Correct the target's conditions in federate.yaml: the rest of a trust policy federate writes itself."
      : "Correct the target's inlinePolicies in federate.yaml.",
  }
}

function throttled(failure: AwsFailure, what: string): Explanation {
  return {
    code: 'AWS_THROTTLED',
    outcome: 'unreachable',
    problem: `AWS did not do ${what}: ${verbatim(failure)}. Too many calls in a short time, also after several tries.`,
    next: 'Wait a minute and run the command again; it continues where it stopped.',
  }
}

function unreachable(failure: AwsFailure, what: string): Explanation {
  return {
    code: 'AWS_UNREACHABLE',
    outcome: 'unreachable',
    problem: `AWS could not be asked for ${what}: ${verbatim(failure)}.`,
    next: 'Check the network, the proxy and AWS_ENDPOINT_URL_IAM and AWS_ENDPOINT_URL_STS if they are set.',
  }
}

function refused(failure: AwsFailure, what: string): Explanation {
  return {
    code: 'AWS_REFUSED',
    outcome: 'refused',
    problem: `AWS refused ${what}: ${verbatim(failure)}.`,
    next: 'Correct what AWS names in federate.yaml and run `federate plan aws`.',
  }
}
