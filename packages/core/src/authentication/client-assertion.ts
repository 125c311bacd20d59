import { randomUUID } from 'node:crypto'
import type { OptionPlace } from '../options/option-place.ts'
import type { AssertionAudience } from '../service-file/service.ts'
import type { ClientProof, ProofRequest } from './client-authentication.ts'

const lifetime = 60
const audiences = ['issuer', 'token_endpoint'] as const

/** The option `audience` of what makes assertions. */
export function assertionAudienceAt(given: unknown, place: OptionPlace): AssertionAudience | undefined {
  return given === undefined ? undefined : place.at('audience').choice(given, audiences)
}

/** The claims of RFC 7523 section 3 and OpenID Connect Core 1.0 section 9: 60 seconds, a `jti` of its own each. */
export function assertionClaims(
  { clientId, issuer, tokenEndpoint, now }: ProofRequest,
  audience: AssertionAudience = 'issuer',
): Record<string, string | number> {
  const issuedAt = Math.floor(now() / 1000)
  return {
    iss: clientId,
    sub: clientId,
    aud: audience === 'issuer' ? issuer : tokenEndpoint,
    jti: randomUUID(),
    iat: issuedAt,
    exp: issuedAt + lifetime,
  }
}

export interface AssertionHeader {
  readonly algorithm: string
  readonly keyId?: string | undefined
  /** As `certificateThumbprint` gives it. */
  readonly thumbprint?: string | undefined
}

export function assertionHeader({
  algorithm,
  keyId,
  thumbprint,
}: AssertionHeader): Record<string, string> & { alg: string } {
  const kid = keyId === undefined ? {} : { kid: keyId }
  return { alg: algorithm, typ: 'JWT', ...kid, ...(thumbprint === undefined ? {} : { 'x5t#S256': thumbprint }) }
}

/** What a request with an assertion carries (RFC 7521 section 4.2). */
export function assertionProof(clientId: string, assertion: string): ClientProof {
  return {
    headers: {},
    parameters: {
      client_id: clientId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    },
    secrets: [assertion],
  }
}
