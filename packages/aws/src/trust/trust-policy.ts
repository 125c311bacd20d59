import { FederateError } from '@federate/core'
import type { JsonValue } from '@federate/core/plan'

/** Extra lines of a Condition block: values by condition key, by operator. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>

/** Whom a role admits. */
export interface Admission {
  /** ARN of the identity provider; it must be in the role's account. */
  readonly providerArn: string
  readonly issuer: string
  readonly audience: string
  readonly subject: string
  /** The token's own `aud`, for tokens whose `azp` is another: then `audience` is the azp. Default: not asked. */
  readonly originalAudience?: string | undefined
  /** The token carries session tags: without `sts:TagSession` AWS refuses it. */
  readonly tagsSession?: boolean
  /** The token carries a source identity: without `sts:SetSourceIdentity` AWS refuses it. */
  readonly setsSourceIdentity?: boolean
  /** The one name that a session may have; `*` stands for what a token's claim brings. Default: any. */
  readonly sessionName?: string | undefined
  /** What else must hold. Default: nothing. */
  readonly conditions?: Conditions | undefined
}

/** What IAM knows an issuer by: its URL without the scheme, and without `:443`, which IAM drops. */
export function providerPath(issuer: string): string {
  return issuer.replace(/^https?:\/\//, '').replace(/^([^/]+):443(?=\/|$)/, '$1')
}

/**
 * The trust policy that admits one subject with one audience, and nobody else.
 *
 * Both conditions are StringEquals, which knows no wildcards; a value with `*` would only look like one, and `${`
 * would start a policy variable.
 *
 * @throws FederateError `AWS_TRUST_VALUE` when audience or subject is empty or holds such a character, or when an
 *   extra condition would take the place of one of ours.
 */
export function trustPolicy(admission: Admission): { readonly [key: string]: JsonValue } {
  const { providerArn } = admission
  const statement = {
    Effect: 'Allow',
    Principal: { Federated: providerArn },
    Action: actions(admission),
    Condition: merged(ownConditions(admission), admission.conditions ?? {}),
  }
  return { Version: '2012-10-17', Statement: [statement] }
}

/** One action is written as a text, as IAM's console does. */
function actions({ tagsSession, setsSourceIdentity }: Admission): JsonValue {
  const further = [
    ...(tagsSession === true ? ['sts:TagSession'] : []),
    ...(setsSourceIdentity === true ? ['sts:SetSourceIdentity'] : []),
  ]
  const main = 'sts:AssumeRoleWithWebIdentity'
  return further.length === 0 ? main : [main, ...further]
}

function ownConditions({ issuer, audience, originalAudience, subject, sessionName }: Admission): Conditions {
  refuseUnsafe('audience', audience)
  refuseUnsafe('subject', subject)
  if (originalAudience !== undefined) refuseUnsafe('originalAudience', originalAudience)
  const provider = providerPath(issuer)
  const pinned = {
    [`${provider}:aud`]: audience,
    ...(originalAudience === undefined ? {} : { [`${provider}:oaud`]: originalAudience }),
    [`${provider}:sub`]: subject,
  }
  if (sessionName === undefined) return { StringEquals: pinned }
  const key = 'sts:RoleSessionName'
  if (sessionName.includes('*')) return { StringEquals: pinned, StringLike: { [key]: sessionName } }
  return { StringEquals: { ...pinned, [key]: sessionName } }
}

function merged(own: Conditions, further: Conditions): Conditions {
  const all: Record<string, Conditions[string]> = { ...own }
  for (const [operator, lines] of Object.entries(further)) {
    const there = all[operator] ?? {}
    const taken = Object.keys(lines).find((key) => sameKey(Object.keys(there), key))
    if (taken !== undefined) throw conditionTaken(operator, taken)
    all[operator] = { ...there, ...lines }
  }
  return all
}

/** IAM reads condition keys without regard to case. */
function sameKey(keys: readonly string[], wanted: string): boolean {
  return keys.some((key) => key.toLowerCase() === wanted.toLowerCase())
}

function conditionTaken(operator: string, key: string): FederateError {
  return new FederateError({
    code: 'AWS_TRUST_VALUE',
    outcome: 'usage',
    problem: `The target's conditions set ${operator} on ${key}, which the trust policy pins already.`,
    next: 'Take that line out of conditions; subject and audience are said by the service and by audience.',
  })
}

function refuseUnsafe(what: string, value: string): void {
  const found = ['${', '*'].find((text) => value.includes(text))
  if (value !== '' && found === undefined) return
  throw new FederateError({
    code: 'AWS_TRUST_VALUE',
    outcome: 'usage',
    problem: `The ${what} for a role's trust policy is "${value}", which ${found === undefined ? 'is empty' : `holds "${found}"`}; it must be one exact value.`,
    next: `Give the ${what} in federate.yaml exactly as it stands in the token.`,
  })
}
