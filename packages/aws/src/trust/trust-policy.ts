import { FederateError } from '@federate/core'
import type { JsonValue } from '@federate/core/plan'

/** Whom a role admits. */
export interface Admission {
  /** ARN of the identity provider; it must be in the role's account. */
  readonly providerArn: string
  readonly issuer: string
  readonly audience: string
  readonly subject: string
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
 * @throws FederateError `AWS_TRUST_VALUE` when audience or subject is empty or holds such a character.
 */
export function trustPolicy({ providerArn, issuer, audience, subject }: Admission): {
  readonly [key: string]: JsonValue
} {
  refuseUnsafe('audience', audience)
  refuseUnsafe('subject', subject)
  const provider = providerPath(issuer)
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: providerArn },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { [`${provider}:aud`]: audience, [`${provider}:sub`]: subject } },
      },
    ],
  }
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
