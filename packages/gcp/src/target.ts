import {
  objectAt,
  optionalIntegerAt,
  optionalListAt,
  optionalOneOfAt,
  optionalStringAt,
  type RuntimeTarget,
  refuseUnknownKeys,
} from '@federate/core'
import { providerAt } from './provider-name.ts'

/** The audience that every provider of federate allows: `federate-gcp` puts it into the tokens. */
export const sharedAudience = 'sts.googleapis.com'

/** What Google allows a service account's access token to last, in seconds; above an hour only by organisation policy. */
export const lifetimeLimits = { minimum: 1, maximum: 43_200, default: 3_600 } as const

export const cloudPlatform = 'https://www.googleapis.com/auth/cloud-platform'

/** What an administrator wants of Google Cloud for one service: a target in federate.yaml, checked and with its defaults. */
export interface GcpWish {
  /** The project's id: `acme-prod`. */
  readonly project: string
  /** Its number, where it must be known before Google is asked. */
  readonly projectNumber?: string | undefined
  /** Default: made from the owner and the name of the issuer. */
  readonly pool?: string | undefined
  /** Default: the issuer's kind. */
  readonly provider?: string | undefined
  /** The account to become: an id, which federate makes in the project, or the email address of one that is there. */
  readonly serviceAccount?: string | undefined
  /** Roles on the project: for the service account that federate makes, or for the service itself where there is none. */
  readonly roles: readonly string[]
  /** `shared`, `provider` (the provider's own name), or any other audience. */
  readonly audience: string
  /** CEL expressions by attribute. Default: `google.subject` is `assertion.sub`. */
  readonly mapping?: Readonly<Record<string, string>> | undefined
  /** A CEL expression. Default: made from the subjects of the services. */
  readonly condition?: string | undefined
  /** Who the service is by the mapping: `subject/…`, `group/…`, `attribute.<name>/…`. Default: `subject/<its subject>`. */
  readonly member?: string | undefined
  /** `uploaded`: the provider holds a copy of the issuer's keys. Default: where Google cannot reach the issuer. */
  readonly keys?: 'published' | 'uploaded' | undefined
  /** How long the service account's access tokens live, in seconds. */
  readonly lifetimeSeconds: number
  readonly scopes: readonly string[]
  /** A region, for the regional STS. */
  readonly location?: string | undefined
  readonly universe?: string | undefined
}

/** What a service needs of Google Cloud at run time. */
export interface GcpRuntime extends RuntimeTarget {
  readonly cloud: 'gcp'
  /** `projects/{number}/locations/global/workloadIdentityPools/{pool}/providers/{provider}`. */
  readonly provider: string
  /** What STS must find in the token's `aud`. */
  readonly audience: string
  /** The email address of the account to become. Without one, the federated token itself is the credential. */
  readonly serviceAccount?: string | undefined
  /** The `sub` that the provider expects. Unknown where the trust was made by other means. */
  readonly subject?: string | undefined
  readonly lifetimeSeconds: number
  readonly scopes: readonly string[]
  /** Ask for an ID token of the service account for this audience, and not for an access token. */
  readonly idTokenAudience?: string | undefined
  readonly location?: string | undefined
  readonly universe?: string | undefined
}

const runtimeKeys = [
  'cloud',
  'provider',
  'audience',
  'serviceAccount',
  'subject',
  'lifetimeSeconds',
  'scopes',
  'idTokenAudience',
  'location',
  'universe',
] as const

/**
 * Checks one target of a service file.
 *
 * @param where names the value in messages: `billing.federate.json, targets.lake`.
 * @throws FederateError `SERVICE_FILE_INVALID` when a value has the wrong shape, `GCP_PROVIDER_NAME` when `provider` is
 *   not the name of a provider.
 */
export function parseGcpRuntime(value: unknown, where: string): GcpRuntime {
  const fields = objectAt(value, where)
  refuseUnknownKeys(fields, runtimeKeys, where)
  optionalOneOfAt(fields, 'cloud', ['gcp'], where)
  return {
    cloud: 'gcp',
    provider: providerAt(fields, where),
    audience: optionalStringAt(fields, 'audience', where) ?? sharedAudience,
    serviceAccount: optionalStringAt(fields, 'serviceAccount', where),
    subject: optionalStringAt(fields, 'subject', where),
    lifetimeSeconds: optionalIntegerAt(fields, 'lifetimeSeconds', lifetimeLimits, where) ?? lifetimeLimits.default,
    scopes: optionalListAt(fields, 'scopes', where) ?? [cloudPlatform],
    idTokenAudience: optionalStringAt(fields, 'idTokenAudience', where),
    location: optionalStringAt(fields, 'location', where),
    universe: optionalStringAt(fields, 'universe', where),
  }
}
