import type { JwtClaims, SignatureState } from '@federate/core'
import type { Expectation, SourcedCase } from '@federate/core/test-kit'
import type { AcceptanceQuestion, ProviderState, RoleState } from '../question.ts'

export type { Expectation } from '@federate/core/test-kit'
export { accepted, acceptedWith, refused, unknownBecause } from '@federate/core/test-kit'

/** One question with an answer that comes from elsewhere. */
export interface AcceptanceCase extends SourcedCase {
  readonly header?: Readonly<Record<string, unknown>>
  /** Merged over the usual claims; `undefined` takes one away. */
  readonly claims?: JwtClaims
  readonly signature?: SignatureState
  readonly length?: number
  readonly providers?: readonly ProviderState[]
  readonly roleArn?: string
  /** `null`: no such role. */
  readonly role?: RoleState | null
  /** Replaces the whole trust policy. */
  readonly policy?: unknown
  /** Merged over the single statement of the usual trust policy. */
  readonly statement?: Readonly<Record<string, unknown>>
  readonly request?: Partial<AcceptanceQuestion['request']>
  readonly leeway?: number
  readonly expected: Expectation
}

const now = new Date('2026-09-24T12:00:00.500Z')
export const seconds = Math.floor(now.getTime() / 1000)
export const url = 'kc.example.com/realms/prod'
export const roleArn = 'arn:aws:iam::123456789012:role/billing'
export const provider: ProviderState = {
  arn: `arn:aws:iam::123456789012:oidc-provider/${url}`,
  url,
  clientIds: ['sts.amazonaws.com'],
}

const statement = {
  Effect: 'Allow',
  Principal: { Federated: provider.arn },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: { StringEquals: { [`${url}:aud`]: 'sts.amazonaws.com', [`${url}:sub`]: 'service-account-billing' } },
}

const claims = {
  iss: `https://${url}`,
  sub: 'service-account-billing',
  aud: 'sts.amazonaws.com',
  azp: 'sts.amazonaws.com',
  iat: seconds - 10,
  exp: seconds + 1190,
}

/** The question of a case: what it does not say is a call that AWS accepts. */
export function questionOf(one: Partial<AcceptanceCase>): AcceptanceQuestion {
  const policy = one.policy ?? { Version: '2012-10-17', Statement: [{ ...statement, ...one.statement }] }
  const role = { arn: roleArn, trustPolicy: JSON.stringify(policy), maxSessionDuration: 3600 }
  const merged = Object.entries({ ...claims, ...one.claims }).filter(([, value]) => value !== undefined)
  const header = Object.entries({ alg: 'RS256', kid: 'k1', typ: 'JWT', ...one.header })
  return {
    roleArn: one.roleArn ?? roleArn,
    providers: one.providers ?? [provider],
    role: one.role === null ? undefined : (one.role ?? role),
    token: {
      header: Object.fromEntries(header.filter(([, value]) => value !== undefined)),
      claims: Object.fromEntries(merged),
      signature: one.signature ?? { state: 'valid' },
      length: one.length ?? 900,
    },
    request: { sessionName: 'billing', duration: 3600, ...one.request },
    now,
    leeway: one.leeway ?? 0,
  }
}
