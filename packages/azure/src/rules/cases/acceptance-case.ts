import type { JwtClaims, SignatureState } from '@federate/core'
import type { Expectation, SourcedCase } from '@federate/core/test-kit'
import type { AcceptanceQuestion, FederatedCredential } from '../question.ts'

export { accepted, acceptedWith, unknownBecause } from '@federate/core/test-kit'

/** One question with an answer that comes from elsewhere. */
export interface AcceptanceCase extends SourcedCase {
  readonly header?: Readonly<Record<string, unknown>>
  /** Merged over the usual claims; `undefined` takes one away. */
  readonly claims?: JwtClaims
  readonly signature?: SignatureState
  /** Merged over the single usual credential. */
  readonly credential?: Partial<FederatedCredential>
  /** Replaces all credentials. */
  readonly credentials?: readonly FederatedCredential[]
  /** `null`: the tenant has no such client. */
  readonly client?: null
  readonly leeway?: number
  readonly expected: Expectation
}

const now = new Date('2026-09-24T12:00:00.500Z')
export const seconds = Math.floor(now.getTime() / 1000)
const tenantId = '2a585d57-a5a8-4688-a60c-9796389eae7a'
const clientId = '868ab87f-fc57-46b2-8815-9b80a74b8922'
export const issuer = 'https://kc.example.com/realms/Prod'
export const subject = 'service-account-billing'
export const audience = 'api://AzureADTokenExchange'
export const credential: FederatedCredential = { name: 'billing', issuer, subject, audiences: [audience] }

const claims = { iss: issuer, sub: subject, aud: audience, iat: seconds - 10, exp: seconds + 1190 }

/** The question of a case: what it does not say is a request that Entra answers. */
export function questionOf(one: Partial<AcceptanceCase>): AcceptanceQuestion {
  const merged = Object.entries({ ...claims, ...one.claims }).filter(([, value]) => value !== undefined)
  const header = Object.entries({ alg: 'RS256', kid: 'k1', typ: 'JWT', ...one.header })
  const federatedCredentials = one.credentials ?? [{ ...credential, ...one.credential }]
  return {
    tenantId,
    clientId,
    client: one.client === null ? undefined : { clientId, federatedCredentials },
    token: {
      header: Object.fromEntries(header.filter(([, value]) => value !== undefined)),
      claims: Object.fromEntries(merged),
      signature: one.signature ?? { state: 'valid' },
      length: 900,
    },
    now,
    leeway: one.leeway ?? 0,
  }
}

export function refused(rule: string, code: string, hint?: string): Expectation {
  return { decision: 'refused', rule, code: `AADSTS${code}`, ...(hint === undefined ? {} : { hint }) }
}
