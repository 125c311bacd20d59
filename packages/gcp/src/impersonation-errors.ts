import { FederateError, type HttpAnswer } from '@federate/core'
import {
  failureDetails,
  type GoogleFailure,
  isServerFault,
  isThrottling,
  readGoogleFailure,
  verbatim,
} from './google-failure.ts'
import { throttled, unreachable } from './sts-errors.ts'
import type { Cause, ExchangeTarget } from './sts-refusals.ts'

/** What was asked of iamcredentials. */
export interface Impersonation {
  readonly target: ExchangeTarget
  /** Who asked: `principal://…/subject/…`. */
  readonly principal: string
  /** In seconds, for access tokens. */
  readonly lifetime?: number | undefined
}

/**
 * Explains why iamcredentials gave no token of a service account (generateAccessToken, generateIdToken).
 *
 * Codes: `GCP_NOT_AUTHORIZED`, `GCP_API_DISABLED`, `GCP_LIFETIME`, `GCP_FEDERATED_TOKEN`, `GCP_NO_SERVICE_ACCOUNT`,
 * `GCP_THROTTLED`, `GCP_UNREACHABLE`, `GCP_REFUSED`.
 */
export function fromImpersonationAnswer(answer: HttpAnswer, attempt: Impersonation): FederateError {
  const failure = readGoogleFailure(answer)
  const what = `Google did not give a token of ${attempt.target.serviceAccount ?? '(no service account)'}`
  if (isThrottling(failure)) return throttled(failure, what)
  if (isServerFault(failure)) return unreachable(failure, what)
  const { code, cause, propagating } = explained(failure, attempt)
  return new FederateError({
    code,
    outcome: 'refused',
    problem: `${what}: ${verbatim(failure)}. ${cause.because}`,
    next: cause.next,
    details: {
      ...failureDetails(failure),
      serviceAccount: attempt.target.serviceAccount,
      expected: cause.expected,
      actual: cause.actual,
      transient: false,
      propagating,
    },
  })
}

interface Explained {
  readonly code: string
  readonly cause: Cause
  readonly propagating: boolean
}

function explained(failure: GoogleFailure, attempt: Impersonation): Explained {
  if (failure.reason === 'SERVICE_DISABLED' || /has not been used in project|is disabled/.test(failure.message))
    return { code: 'GCP_API_DISABLED', cause: apiDisabled(attempt), propagating: true }
  if (failure.status === 403) return { code: 'GCP_NOT_AUTHORIZED', cause: notAuthorized(attempt), propagating: true }
  if (failure.status === 404) return { code: 'GCP_NO_SERVICE_ACCOUNT', cause: noAccount(attempt), propagating: true }
  if (failure.status === 401) return { code: 'GCP_FEDERATED_TOKEN', cause: notAccepted(), propagating: false }
  if (/lifetime/i.test(failure.message)) return { code: 'GCP_LIFETIME', cause: lifetime(attempt), propagating: false }
  return { code: 'GCP_REFUSED', cause: other(), propagating: false }
}

function apiDisabled({ target }: Impersonation): Cause {
  const project = /@([\w-]+)\.iam\.gserviceaccount\.com$/.exec(target.serviceAccount ?? '')?.[1] ?? '<project>'
  return {
    because: 'The API that gives tokens of service accounts is not enabled in the project.',
    next: `Enable it: \`gcloud services enable iamcredentials.googleapis.com --project ${project}\`.`,
  }
}

function notAuthorized({ principal, target }: Impersonation): Cause {
  return {
    because: `No binding of the service account lets ${principal} in, a mapping lacks the attribute that one names, there is no such account, or a binding was made in the last minutes.`,
    next: `Run \`federate plan gcp\` to see what is missing: roles/iam.workloadIdentityUser on ${target.serviceAccount}.`,
    expected: 'roles/iam.workloadIdentityUser',
    actual: principal,
  }
}

function noAccount({ target }: Impersonation): Cause {
  return {
    because: `There is no service account ${target.serviceAccount}, or it was deleted.`,
    next: 'Run `federate plan gcp` to see it; a deleted account can be undeleted for 30 days.',
  }
}

function notAccepted(): Cause {
  return {
    because: 'The federated token is not accepted: it has expired, or it is of another universe.',
    next: 'Exchange anew, and check the universe domain of the target.',
  }
}

function lifetime({ lifetime: seconds }: Impersonation): Cause {
  return {
    because:
      'Access tokens of a service account live an hour; twelve only where the organisation policy constraints/iam.allowServiceAccountCredentialLifetimeExtension names the account. A clock that is ahead makes an hour longer than that.',
    next: 'Ask for 3600 seconds or less, or 3300 where clocks differ.',
    expected: 'at most 3600 seconds',
    ...(seconds === undefined ? {} : { actual: `${seconds} seconds` }),
  }
}

function other(): Cause {
  return {
    because: 'Google names what it does not take.',
    next: 'Correct what Google names, and see `federate plan gcp`.',
  }
}

/**
 * Explains a 401 of an API that was called with a federated token: not every API takes one.
 *
 * Code: `GCP_FEDERATED_TOKEN`. Source: Troubleshoot Workload Identity Federation, "Google Cloud API does not accept the
 * credential".
 */
export function fromApiAnswer(answer: HttpAnswer): FederateError | undefined {
  const failure = readGoogleFailure(answer)
  if (failure.status !== 401) return undefined
  return new FederateError({
    code: 'GCP_FEDERATED_TOKEN',
    outcome: 'refused',
    problem: `${answer.url} refused the federated token: ${verbatim(failure)}. Not every API and method of Google takes federated tokens.`,
    next: 'Become a service account: `serviceAccount` of the target in federate.yaml, then `federate setup gcp`.',
    details: failureDetails(failure),
  })
}
