import { FederateError, type FederateErrorOptions, type HttpAnswer, redactText, tryJsonObject } from '@federate/core'
import type { AdminCall } from './admin-call.ts'

/** What an error of a Google API says (AIP-193). */
export interface GoogleFailure {
  readonly httpStatus: number
  /** `PERMISSION_DENIED`; empty where it was not Google that answered. */
  readonly status: string
  readonly message: string
  /** Of `google.rpc.ErrorInfo`: `SERVICE_DISABLED`. */
  readonly reason: string | undefined
  readonly metadata: Readonly<Record<string, unknown>>
}

/** Reads an answer that is no success. */
export function readFailure(answer: HttpAnswer): GoogleFailure {
  const error = record(tryJsonObject(answer)?.['error'])
  const details: readonly unknown[] = Array.isArray(error['details']) ? error['details'] : []
  const info = details.map(record).find((detail) => String(detail['@type']).endsWith('google.rpc.ErrorInfo')) ?? {}
  return {
    httpStatus: answer.status,
    status: textOr(error['status']) ?? '',
    // A server may echo what it was sent.
    message: redactText(textOr(error['message']) ?? ''),
    reason: textOr(info['reason']),
    metadata: record(info['metadata']),
  }
}

type Explanation = Pick<FederateErrorOptions, 'code' | 'outcome' | 'problem' | 'next'>
type Explain = (failure: GoogleFailure, what: string, call: AdminCall) => Explanation

/**
 * Explains a failed call of an administrator.
 *
 * Codes: `GCP_INVALID_CREDENTIALS`, `GCP_API_DISABLED`, `GCP_ACCESS_DENIED`, `GCP_NOT_FOUND`, `GCP_CHANGED_MEANWHILE`,
 * `GCP_ORGANISATION_POLICY`, `GCP_THROTTLED`, `GCP_UNREACHABLE`, `GCP_REFUSED`.
 */
export function fromAdminFailure(failure: GoogleFailure, call: AdminCall, retryAfter?: number): FederateError {
  const what = `${call.permission} on ${call.resource}`
  const { httpStatus, status, message, reason } = failure
  const transient = httpStatus === 429 || httpStatus >= 500
  return new FederateError({
    ...explain(failure, what, call),
    details: {
      googleStatus: status,
      googleMessage: message,
      httpStatus,
      reason,
      permission: call.permission,
      transient,
      retryAfter,
    },
  })
}

function explain(failure: GoogleFailure, what: string, call: AdminCall): Explanation {
  if (failure.reason === 'SERVICE_DISABLED') return apiDisabled(failure, what, call)
  if (failure.httpStatus >= 500 || failure.status === '') return unreachable(failure, what)
  return (explanations[failure.status] ?? refused)(failure, what, call)
}

const explanations: Readonly<Record<string, Explain>> = {
  UNAUTHENTICATED: invalidCredentials,
  PERMISSION_DENIED: accessDenied,
  NOT_FOUND: missing,
  ABORTED: changedMeanwhile,
  ALREADY_EXISTS: changedMeanwhile,
  FAILED_PRECONDITION: precondition,
  RESOURCE_EXHAUSTED: throttled,
}

function verbatim({ status, message }: GoogleFailure): string {
  return `${status}: ${message.replace(/\.$/, '')}`
}

function apiDisabled({ metadata }: GoogleFailure, what: string, { project }: AdminCall): Explanation {
  const service = textOr(metadata['service']) ?? 'the API'
  return {
    code: 'GCP_API_DISABLED',
    outcome: 'refused',
    problem: `Google refused ${what}: ${service} is not enabled in project ${project}.`,
    next: enableApis([service], project),
  }
}

/** The next step for APIs that are not enabled, as a full sentence. */
export function enableApis(services: readonly string[], project: string): string {
  return `Run \`gcloud services enable ${services.join(' ')} --project ${project}\`, wait a minute, and run the command again.`
}

function invalidCredentials(failure: GoogleFailure, what: string): Explanation {
  return {
    code: 'GCP_INVALID_CREDENTIALS',
    outcome: 'refused',
    problem: `Google refused ${what}: ${verbatim(failure)}. The administrator's credentials have expired or are not valid.`,
    next: 'Sign in again with `gcloud auth application-default login`, or set a new CLOUDSDK_AUTH_ACCESS_TOKEN.',
  }
}

function accessDenied(failure: GoogleFailure, what: string, { permission, project }: AdminCall): Explanation {
  return {
    code: 'GCP_ACCESS_DENIED',
    outcome: 'refused',
    problem: `Google refused ${what}: ${verbatim(failure)}. The administrator lacks ${permission}, or there is no such thing: Google says the same of both.`,
    next: `Check the name in federate.yaml, and give the administrator ${roleFor(permission)} in project ${project}.`,
  }
}

/** The predefined role that holds a permission (Configure WIF with other identity providers, "Required roles"). */
function roleFor(permission: string): string {
  if (/^iam\.workloadIdentityPool/.test(permission)) return 'roles/iam.workloadIdentityPoolAdmin'
  if (permission.startsWith('iam.serviceAccounts.')) return 'roles/iam.serviceAccountAdmin'
  if (permission.endsWith('IamPolicy')) return 'roles/resourcemanager.projectIamAdmin'
  return permission.startsWith('serviceusage.') ? 'roles/serviceusage.serviceUsageViewer' : 'roles/browser'
}

function missing(failure: GoogleFailure, what: string): Explanation {
  return {
    code: 'GCP_NOT_FOUND',
    outcome: 'failed',
    problem: `Google refused ${what}: ${verbatim(failure)}. It is not there, or no longer.`,
    next: 'Run `federate plan gcp` to see how it is now.',
  }
}

function changedMeanwhile(failure: GoogleFailure, what: string): Explanation {
  return {
    code: 'GCP_CHANGED_MEANWHILE',
    outcome: 'failed',
    problem: `Google refused ${what}: ${verbatim(failure)}. Somebody changes it at the same time.`,
    next: 'Run `federate plan gcp` to see how it is now, and try again when the other is done.',
  }
}

function precondition(failure: GoogleFailure, what: string): Explanation {
  if (!/constraint/i.test(failure.message)) return refused(failure, what)
  return {
    code: 'GCP_ORGANISATION_POLICY',
    outcome: 'refused',
    problem: `Google refused ${what}: ${verbatim(failure)}. A policy of the organisation forbids it.`,
    next: 'Ask the organisation’s administrators to allow the issuer in constraints/iam.workloadIdentityPoolProviders.',
  }
}

function throttled(failure: GoogleFailure, what: string): Explanation {
  return {
    code: 'GCP_THROTTLED',
    outcome: 'unreachable',
    problem: `Google did not do ${what}: ${verbatim(failure)}. Too many calls in a short time, also after several tries.`,
    next: 'Wait a minute and run the command again; it continues where it stopped.',
  }
}

function unreachable({ httpStatus, status, message }: GoogleFailure, what: string): Explanation {
  const said = status === '' ? 'what answered was not Google' : `${status}: ${message.replace(/\.$/, '')}`
  return {
    code: 'GCP_UNREACHABLE',
    outcome: 'unreachable',
    problem: `Google could not be asked for ${what}: HTTP status ${httpStatus}, ${said}.`,
    next: 'Check the network, the proxy, and the variables CLOUDSDK_API_ENDPOINT_OVERRIDES_* if they are set.',
  }
}

function refused(failure: GoogleFailure, what: string): Explanation {
  return {
    code: 'GCP_REFUSED',
    outcome: 'refused',
    problem: `Google refused ${what}: ${verbatim(failure)}.`,
    next: 'Correct what Google names in federate.yaml and run `federate plan gcp`.',
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

function textOr(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
