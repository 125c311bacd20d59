import type { ExaminedToken, ServiceWish } from '@federate/core'
import { lifetimeOf, predictedClaims } from '@federate/keycloak'

/** The token that a service is going to get for an audience, as far as it is known beforehand. */
export function predictedToken(service: ServiceWish, audience: string | undefined, now: Date): ExaminedToken {
  const issuedAt = Math.floor(now.getTime() / 1000)
  const identity =
    service.issuer.kind === 'keycloak' ? predictedClaims(service, audience) : plainClaims(service, audience)
  const claims = {
    iss: service.issuer.url,
    iat: issuedAt,
    exp: issuedAt + lifetimeOf(service),
    ...identity,
    ...service.claims,
  }
  const header = { alg: service.tokenAlgorithm ?? 'RS256', typ: 'JWT', kid: 'predicted' }
  // The issuer will sign with a key of its own JWKS: what is predicted is a valid signature.
  return { header, claims, signature: { state: 'valid' }, length: JSON.stringify(claims).length * 2 }
}

function plainClaims(service: ServiceWish, audience: string | undefined): Record<string, unknown> {
  return { sub: service.subject, ...(audience === undefined ? {} : { aud: audience }) }
}
