import {
  objectAt,
  optionalIntegerAt,
  optionalJsonObjectAt,
  optionalListAt,
  optionalOneOfAt,
  optionalStringAt,
  placeAt,
  type RuntimeTarget,
  refuseUnknownKeys,
  type Where,
} from '@federate/core'
import type { JsonValue } from '@federate/core/plan'
import type { Partition } from './partition.ts'
import { roleArnAt } from './role-arn.ts'
import { parseSecondRole, type SecondRole } from './second-role.ts'
import { checkedSessionName } from './session-name.ts'
import type { Conditions } from './trust/trust-policy.ts'

/** The audience that every service of an issuer can share: `federate-aws` puts it into `aud` and `azp`. */
const sharedAudience = 'sts.amazonaws.com'

/** What STS allows a session to last, in seconds (STS API reference, AssumeRoleWithWebIdentity). */
export const sessionLimits = { minimum: 900, maximum: 43_200, default: 3_600 } as const

/** What an administrator wants of AWS for one service: a target in federate.yaml, checked and with its defaults. */
export interface AwsWish {
  /** Twelve digits. */
  readonly account: string
  readonly partition: Partition
  readonly role: string
  /** The role's path. Default: `/federate/<owner>/`. */
  readonly path?: string | undefined
  /** ARNs of managed policies to attach. */
  readonly policies: readonly string[]
  /** Policy documents by name. */
  readonly inlinePolicies: Readonly<Record<string, { readonly [key: string]: JsonValue }>>
  readonly permissionsBoundary?: string | undefined
  /** How long credentials live, in seconds. */
  readonly durationSeconds: number
  /** The longest that anybody may ask of the role, in seconds. */
  readonly maxSessionDurationSeconds: number
  readonly region?: string | undefined
  readonly tags: Readonly<Record<string, string>>
  /** `shared`, `client` (the client id, for issuers one cannot change), or any other audience. */
  readonly audience: string
  /** What the token's own `aud` must be, where AWS compares `azp` with `audience`. Default: not asked. */
  readonly originalAudience?: string | undefined
  /** SHA-1 thumbprints of certificates for an issuer whose certificate is of no public authority. */
  readonly thumbprints?: readonly string[] | undefined
  /** What the service's tokens must hold for it: session tags and a source identity. */
  readonly claims?: Readonly<Record<string, JsonValue>> | undefined
  readonly sessionName?: string | undefined
  /** Whether the trust policy admits no other session name. */
  readonly pinSessionName?: boolean | undefined
  /** Further conditions of the trust policy. */
  readonly conditions?: Conditions | undefined
  readonly sessionPolicy?: { readonly [key: string]: JsonValue } | undefined
  readonly sessionPolicyArns?: readonly string[] | undefined
  readonly assumeRole?: SecondRole | undefined
}

/** What a service needs of AWS at run time. */
export interface AwsRuntime extends RuntimeTarget {
  readonly cloud: 'aws'
  readonly roleArn: string
  /** What STS must find in the token: `azp`, or `aud` where there is no `azp`. */
  readonly audience: string
  /** `client`: the issuer puts the client id there by itself and must not be asked. Default: `request`. */
  readonly audienceFrom?: 'request' | 'client' | undefined
  /** The `sub` that the role expects. Unknown where the trust was made by other means. */
  readonly subject?: string | undefined
  readonly durationSeconds: number
  readonly region?: string | undefined
  /** A name, or one with claims of the token in braces: `{client_id}-nightly`. */
  readonly sessionName?: string | undefined
  /** A policy document that narrows what the session may do. */
  readonly sessionPolicy?: { readonly [key: string]: JsonValue } | undefined
  /** ARNs of up to ten managed policies that narrow it. */
  readonly sessionPolicyArns?: readonly string[] | undefined
  /** A role to go on to with the first one's credentials; session policies then narrow that one. */
  readonly assumeRole?: SecondRole | undefined
}

/** The audience that the trust will expect of this client's tokens. */
export function audienceOf(wish: Pick<AwsWish, 'audience'>, clientId: string): string {
  if (wish.audience === 'shared') return sharedAudience
  return wish.audience === 'client' ? clientId : wish.audience
}

/** The audience to ask the issuer for; `undefined` where it gives the right one by itself. */
export function requestedAudience(runtime: AwsRuntime): string | undefined {
  return runtime.audienceFrom === 'client' ? undefined : runtime.audience
}

const runtimeKeys = [
  'cloud',
  'roleArn',
  'audience',
  'audienceFrom',
  'subject',
  'durationSeconds',
  'region',
  'sessionName',
  'sessionPolicy',
  'sessionPolicyArns',
  'assumeRole',
] as const

/**
 * Checks one target of a service file, or the options of `awsCredentials`.
 *
 * @param where names the value in messages: `billing.federate.json, targets.s3`.
 * @throws FederateError `SERVICE_FILE_INVALID` (for options `OPTION`) when a value has the wrong shape, `AWS_ROLE_ARN` when `roleArn` is not the
 *   ARN of a role, `AWS_SESSION_NAME` when STS would not take the name.
 */
export function parseAwsRuntime(value: unknown, where: Where): AwsRuntime {
  const fields = objectAt(value, where)
  refuseUnknownKeys(fields, runtimeKeys, where)
  optionalOneOfAt(fields, 'cloud', ['aws'], where)
  return {
    cloud: 'aws',
    roleArn: roleArnAt(fields, where),
    audience: optionalStringAt(fields, 'audience', where) ?? sharedAudience,
    audienceFrom: optionalOneOfAt(fields, 'audienceFrom', ['request', 'client'], where),
    subject: optionalStringAt(fields, 'subject', where),
    durationSeconds: optionalIntegerAt(fields, 'durationSeconds', sessionLimits, where) ?? sessionLimits.default,
    region: optionalStringAt(fields, 'region', where),
    sessionName: checkedSessionName(optionalStringAt(fields, 'sessionName', where), placeAt(where, 'sessionName')),
    sessionPolicy: optionalJsonObjectAt(fields, 'sessionPolicy', where),
    sessionPolicyArns: optionalListAt(fields, 'sessionPolicyArns', where),
    assumeRole: parseSecondRole(fields['assumeRole'], placeAt(where, 'assumeRole')),
  }
}
