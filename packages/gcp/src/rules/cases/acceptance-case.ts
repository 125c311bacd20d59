import type { JwtClaims, SignatureState } from '@federate/core'
import type { Expectation, SourcedCase } from '@federate/core/test-kit'
import type { ProviderState } from '../provider.ts'
import type { AcceptanceQuestion, Access, PolicyBinding } from '../question.ts'

export { accepted, acceptedWith, refused, unknownBecause } from '@federate/core/test-kit'

/** One question with an answer that comes from elsewhere. */
export interface AcceptanceCase extends SourcedCase {
  readonly header?: Readonly<Record<string, unknown>>
  /** Merged over the usual claims; `undefined` takes one away. */
  readonly claims?: JwtClaims
  readonly signature?: SignatureState
  readonly audience?: string
  /** Merged over the usual provider; `null`: there is none. */
  readonly provider?: Partial<ProviderState> | null
  readonly publishedKeys?: string
  readonly access?: Access
  readonly leeway?: number
  readonly expected: Expectation
}

const now = new Date('2026-09-28T12:00:00.500Z')
export const seconds = Math.floor(now.getTime() / 1000)
export const issuer = 'https://kc.example.com/realms/prod'
export const providerName = 'projects/123456789012/locations/global/workloadIdentityPools/keycloak/providers/prod'
export const account = 'billing@acme-prod.iam.gserviceaccount.com'

const usualProvider: ProviderState = {
  name: providerName,
  state: 'ACTIVE',
  disabled: false,
  pool: { state: 'ACTIVE', disabled: false },
  type: 'oidc',
  issuerUri: issuer,
  allowedAudiences: ['sts.googleapis.com'],
  attributeMapping: { 'google.subject': 'assertion.sub' },
  attributeCondition: undefined,
  jwksJson: undefined,
}

const claims = {
  iss: issuer,
  sub: 'service-account-billing',
  aud: 'sts.googleapis.com',
  iat: seconds - 10,
  exp: seconds + 1190,
}

/** The question of a case: what it does not say is an exchange that Google accepts. */
export function questionOf(one: Partial<AcceptanceCase>): AcceptanceQuestion {
  const header = Object.entries({ alg: 'RS256', kid: 'k1', typ: 'JWT', ...one.header })
  const merged = Object.entries({ ...claims, ...one.claims })
  const present = ([, value]: readonly [string, unknown]) => value !== undefined
  return {
    audience: one.audience ?? `//iam.googleapis.com/${providerName}`,
    provider: one.provider === null ? undefined : { ...usualProvider, ...one.provider },
    token: {
      header: Object.fromEntries(header.filter(present)),
      claims: Object.fromEntries(merged.filter(present)),
      signature: one.signature ?? { state: 'valid' },
      length: 900,
    },
    publishedKeys: one.publishedKeys,
    access: one.access,
    now,
    leeway: one.leeway ?? 0,
  }
}

/** A member of the usual pool. */
export function member(rest: string, set = false): string {
  const home = 'iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/keycloak'
  return `${set ? 'principalSet' : 'principal'}://${home}/${rest}`
}

/** Impersonation of the usual service account by these members. */
export function impersonation(
  members: readonly string[],
  role = 'roles/iam.workloadIdentityUser',
  condition?: PolicyBinding['condition'],
): Access {
  const binding = { role, members, ...(condition === undefined ? {} : { condition }) }
  return { kind: 'impersonation', serviceAccount: account, policy: { bindings: [binding] } }
}
