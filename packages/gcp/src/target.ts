import {
  FederateError,
  objectAt,
  optionalIntegerAt,
  optionalListAt,
  optionalOneOfAt,
  optionalStringAt,
  placeAt,
  type RuntimeTarget,
  refuseUnknownKeys,
  stringAt,
  type Where,
} from '@federate/core'
import { parseProviderName } from './rules/provider.ts'

/** The audience that every service of an issuer can share: `federate-gcp` puts it into `aud`. */
export const sharedAudience = 'sts.googleapis.com'

/** The scope that stands for all that IAM allows. */
export const cloudPlatformScope = 'https://www.googleapis.com/auth/cloud-platform'

/** How long an impersonated access token may live, in seconds; above an hour by organisation policy only (IAM, "Create short-lived credentials"). */
export const lifetimeLimits = { minimum: 60, maximum: 43_200, default: 3_600 } as const

/** What a service needs of Google Cloud at run time. */
export interface GcpRuntime extends RuntimeTarget {
  readonly cloud: 'gcp'
  /** `projects/{number}/locations/global/workloadIdentityPools/{pool}/providers/{provider}`. */
  readonly provider: string
  /** The id of the project of the target, for software that wants to be told. Unknown where the trust was made by other means. */
  readonly project?: string | undefined
  /** What the provider must find in the token's `aud`. */
  readonly audience: string
  /** `client`: the issuer puts the client id there by itself and must not be asked. Default: `request`. */
  readonly audienceFrom?: 'request' | 'client' | undefined
  /** The `sub` that the provider's condition expects. Unknown where the trust was made by other means. */
  readonly subject?: string | undefined
  /** The email address of the service account to go on to. Without one, the federated token itself is the credential. */
  readonly serviceAccount?: string | undefined
  readonly scopes: readonly string[]
  /** How long a service account's access token lives, in seconds. A federated one lives as long as the issuer's. */
  readonly lifetimeSeconds: number
  /** The `aud` of the ID token that is wanted instead of an access token. */
  readonly idTokenAudience?: string | undefined
  /** Domain of the APIs. Default: `googleapis.com`. */
  readonly universe?: string | undefined
  /** Region of the STS to ask. Default: the global one. */
  readonly location?: string | undefined
}

/** The audience to ask the issuer for; `undefined` where it gives the right one by itself. */
export function requestedAudience(runtime: GcpRuntime): string | undefined {
  return runtime.audienceFrom === 'client' ? undefined : runtime.audience
}

const runtimeKeys = [
  'cloud',
  'provider',
  'project',
  'audience',
  'audienceFrom',
  'subject',
  'serviceAccount',
  'scopes',
  'lifetimeSeconds',
  'idTokenAudience',
  'universe',
  'location',
] as const

/**
 * Checks one target of a service file, or the options of `gcpAuthClient`.
 *
 * @param where names the value in messages: `billing.federate.json, targets.lake`.
 * @throws FederateError `SERVICE_FILE_INVALID` (for options `OPTION`) when a value has the wrong shape, `GCP_PROVIDER_NAME`,
 *   `GCP_SERVICE_ACCOUNT` and `GCP_SCOPE` when these are not what Google calls them.
 */
export function parseGcpRuntime(value: unknown, where: Where): GcpRuntime {
  const fields = objectAt(value, where)
  refuseUnknownKeys(fields, runtimeKeys, where)
  optionalOneOfAt(fields, 'cloud', ['gcp'], where)
  return {
    cloud: 'gcp',
    provider: providerAt(stringAt(fields, 'provider', where), placeAt(where, 'provider')),
    project: optionalStringAt(fields, 'project', where),
    audience: optionalStringAt(fields, 'audience', where) ?? sharedAudience,
    audienceFrom: optionalOneOfAt(fields, 'audienceFrom', ['request', 'client'], where),
    subject: optionalStringAt(fields, 'subject', where),
    serviceAccount: serviceAccountAt(
      optionalStringAt(fields, 'serviceAccount', where),
      placeAt(where, 'serviceAccount'),
    ),
    scopes: scopesAt(optionalListAt(fields, 'scopes', where), placeAt(where, 'scopes')),
    lifetimeSeconds: optionalIntegerAt(fields, 'lifetimeSeconds', lifetimeLimits, where) ?? lifetimeLimits.default,
    idTokenAudience: optionalStringAt(fields, 'idTokenAudience', where),
    universe: optionalStringAt(fields, 'universe', where),
    location: optionalStringAt(fields, 'location', where),
  }
}

/** Takes the name also in the forms in which Google's own files have it. */
function providerAt(text: string, where: Where): string {
  const name = text.replace(/^(https:)?\/\/iam\.[^/]+\//, '')
  const parsed = parseProviderName(name)
  if (parsed !== undefined && /^\d+$/.test(parsed.project)) return name
  const found = parsed === undefined ? JSON.stringify(text) : `the project id "${parsed.project}"`
  const expected =
    parsed === undefined
      ? 'projects/{number}/locations/global/workloadIdentityPools/{pool}/providers/{provider}'
      : "the project's number (Google takes no id there)"
  throw new FederateError({
    code: 'GCP_PROVIDER_NAME',
    outcome: 'usage',
    problem: `${where} has ${found}, where ${expected} was expected.`,
    next: "Give the provider's full name; `gcloud iam workload-identity-pools providers describe` prints it.",
    details: { found: text },
  })
}

function serviceAccountAt(email: string | undefined, where: Where): string | undefined {
  if (email === undefined || /^[^@\s/:]+@[^@\s/:]+\.[^@\s/:]+$/.test(email)) return email
  throw new FederateError({
    code: 'GCP_SERVICE_ACCOUNT',
    outcome: 'usage',
    problem: `${where} is ${JSON.stringify(email)}, where an email address was expected.`,
    next: 'Give the whole address, such as billing@acme-prod.iam.gserviceaccount.com.',
  })
}

/** A scope has no spaces, which stand between two (RFC 6749, section 3.3). */
function scopesAt(scopes: readonly string[] = [cloudPlatformScope], where: Where): readonly string[] {
  const wrong = scopes.find((scope) => !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope))
  if (scopes.length > 0 && wrong === undefined) return scopes
  throw new FederateError({
    code: 'GCP_SCOPE',
    outcome: 'usage',
    problem: `${where} ${wrong === undefined ? 'is empty' : `has ${JSON.stringify(wrong)}`}, where OAuth scopes without spaces were expected.`,
    next: `Name each by itself, such as ${cloudPlatformScope}, or leave them out.`,
  })
}
