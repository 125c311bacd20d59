import { FederateError, type FederateErrorOptions, type HttpAnswer } from '@federate/core'
import {
  failureDetails,
  type GoogleFailure,
  isServerFault,
  isThrottling,
  readGoogleFailure,
  verbatim,
} from './google-failure.ts'

/** What an administrator's call to Google was about. */
export interface AdminCall {
  /** In IAM's words, as a role names it: `iam.workloadIdentityPoolProviders.create`. */
  readonly permission: string
  /** The resource it is done to: `projects/acme-prod/locations/global/workloadIdentityPools/keycloak`. */
  readonly resource: string
}

/**
 * Explains a call of an administrator that Google refused.
 *
 * Codes: `GCP_ACCESS_DENIED`, `GCP_INVALID_CREDENTIALS`, `GCP_API_DISABLED`, `GCP_CHANGED_MEANWHILE`, `GCP_EXISTS`,
 * `GCP_NOT_FOUND`, `GCP_ORG_POLICY`, `GCP_NO_CONDITION`, `GCP_KEYS_REFUSED`, `GCP_LIMIT`, `GCP_THROTTLED`,
 * `GCP_UNREACHABLE`, `GCP_REFUSED`.
 */
export function fromAdminAnswer(answer: HttpAnswer, call: AdminCall): FederateError {
  const failure = readGoogleFailure(answer)
  const { permission, resource } = call
  const transient = isThrottling(failure) || failure.status >= 500
  const details = { ...failureDetails(failure), permission, resource, transient }
  return new FederateError({ ...explain(failure, call), details })
}

type Explanation = Pick<FederateErrorOptions, 'code' | 'outcome' | 'problem' | 'next'>
type Explain = (failure: GoogleFailure, what: string, call: AdminCall) => Explanation

function explain(failure: GoogleFailure, call: AdminCall): Explanation {
  const what = `${call.permission} on ${call.resource}`
  if (isThrottling(failure)) return throttled(failure, what)
  if (isServerFault(failure)) return unreachable(failure, what)
  const known = kinds.find(([applies]) => applies(failure))
  return (known?.[1] ?? refused)(failure, what, call)
}

/** First match first: Google puts several things under one code. */
const kinds: readonly (readonly [(failure: GoogleFailure) => boolean, Explain])[] = [
  [({ reason, message }) => reason === 'SERVICE_DISABLED' || /has not been used in project/.test(message), apiDisabled],
  [({ reason = '' }) => reason.startsWith('constraints/'), orgPolicy],
  [({ message }) => /must reference one of the provider's claims/.test(message), noCondition],
  [({ message }) => /JWK/i.test(message), keysRefused],
  [({ status }) => status === 401, invalidCredentials],
  [({ code }) => code === 'PERMISSION_DENIED', accessDenied],
  [({ code }) => code === 'ABORTED', changedMeanwhile],
  [({ code }) => code === 'ALREADY_EXISTS', exists],
  [({ code }) => code === 'NOT_FOUND', notFound],
  [({ message }) => /(?:members|principals) in the policy|maximum number of/i.test(message), limit],
]

function apiDisabled({ metadata, message }: GoogleFailure, what: string, { resource }: AdminCall): Explanation {
  const service = /[\w-]+\.googleapis\.com/.exec(metadata['service'] ?? message)?.[0] ?? 'iam.googleapis.com'
  const project = /projects\/([^/]+)/.exec(resource)?.[1] ?? '<project>'
  return {
    code: 'GCP_API_DISABLED',
    outcome: 'refused',
    problem: `Google refused ${what}: ${service} is not enabled in the project ${project}.`,
    next: `Enable it: \`gcloud services enable ${service} --project ${project}\`, and run the command again.`,
  }
}

function orgPolicy(failure: GoogleFailure, what: string): Explanation {
  return {
    code: 'GCP_ORG_POLICY',
    outcome: 'refused',
    problem: `Google refused ${what}: ${verbatim(failure)}. The organisation policy ${failure.reason} does not allow it.`,
    next: `Have an organisation policy administrator allow the issuer in ${failure.reason}.`,
  }
}

function noCondition(failure: GoogleFailure, what: string): Explanation {
  return {
    code: 'GCP_NO_CONDITION',
    outcome: 'refused',
    problem: `Google refused ${what}: ${verbatim(failure)}. Anybody can get tokens of this issuer, so Google wants a condition on a claim.`,
    next: 'Set `condition` of the target in federate.yaml, as in assertion.repository_owner_id == "1234".',
  }
}

function keysRefused(failure: GoogleFailure, what: string): Explanation {
  return {
    code: 'GCP_KEYS_REFUSED',
    outcome: 'refused',
    problem: `Google refused ${what}: ${verbatim(failure)}. It takes up to eight keys, RSA and EC on P-256, without x5c and x5t.`,
    next: 'Have the issuer sign with RS256 or ES256, and upload those keys only.',
  }
}

function invalidCredentials(failure: GoogleFailure, what: string): Explanation {
  return {
    code: 'GCP_INVALID_CREDENTIALS',
    outcome: 'refused',
    problem: `Google refused ${what}: ${verbatim(failure)}. The administrator's credentials are not valid or have expired.`,
    next: 'Sign in again with `gcloud auth application-default login`, and run the command again.',
  }
}

function accessDenied(failure: GoogleFailure, what: string, { permission, resource }: AdminCall): Explanation {
  return {
    code: 'GCP_ACCESS_DENIED',
    outcome: 'refused',
    problem: `Google refused ${what}: ${verbatim(failure)}. The administrator lacks ${permission}, or there is no such resource: Google answers both alike.`,
    next: `Give the administrator a role with ${permission} on ${resource}, and check the project.`,
  }
}

function changedMeanwhile(failure: GoogleFailure, what: string): Explanation {
  return {
    code: 'GCP_CHANGED_MEANWHILE',
    outcome: 'failed',
    problem: `Google refused ${what}: ${verbatim(failure)}. Somebody changed it after it was read, also after several tries.`,
    next: 'Run `federate plan gcp` to see how it is now.',
  }
}

function exists(failure: GoogleFailure, what: string): Explanation {
  return {
    code: 'GCP_EXISTS',
    outcome: 'failed',
    problem: `Google refused ${what}: ${verbatim(failure)}. Somebody made it meanwhile, or it was deleted and keeps its name for 30 days.`,
    next: 'Run `federate plan gcp` to see how it is now.',
  }
}

function notFound(failure: GoogleFailure, what: string): Explanation {
  return {
    code: 'GCP_NOT_FOUND',
    outcome: 'refused',
    problem: `Google refused ${what}: ${verbatim(failure)}. It is not there, or not any more.`,
    next: 'Check the project and the names in federate.yaml, and run `federate plan gcp`.',
  }
}

function limit(failure: GoogleFailure, what: string): Explanation {
  return {
    code: 'GCP_LIMIT',
    outcome: 'refused',
    problem: `Google refused ${what}: ${verbatim(failure)}. A limit of the policy or project is used up.`,
    next: 'Bind an attribute or the whole pool instead of many subjects, or ask for more quota.',
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

function unreachable(failure: GoogleFailure, what: string): Explanation {
  return {
    code: 'GCP_UNREACHABLE',
    outcome: 'unreachable',
    problem: `Google could not be asked for ${what}: ${verbatim(failure)}.`,
    next: 'Check the network and the proxy: what answered may not have been Google.',
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
