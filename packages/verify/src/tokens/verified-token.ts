import type { JwtClaims, Seconds } from '@federate/core'
import { audiences, stringClaim } from '@federate/core'
import type { Profile } from '../options.ts'
import { clientOf } from '../rules/claim-rules.ts'
import type { IssuerTerms } from '../trusted-issuer.ts'
import type { CompactToken } from './compact-token.ts'

/**
 * A token that was verified: what its issuer says of the client that sent it. `Claims` are those whose types a
 * requirement has made sure of.
 *
 * Requests that bring the same token share it, so all of it is frozen.
 */
export interface VerifiedToken<Claims extends object = object> {
  readonly issuer: string
  readonly profile: Profile
  /** `sub`. For a service account of Keycloak a UUID. */
  readonly subject: string | undefined
  /** The client that it was issued to: `azp` at Keycloak, `client_id` by RFC 9068. */
  readonly clientId: string | undefined
  readonly audiences: readonly string[]
  readonly scopes: readonly string[]
  /** Seconds since the epoch. */
  readonly expiresAt: Seconds
  readonly claims: JwtClaims & Claims
}

export function verifiedToken({ claims }: CompactToken, terms: IssuerTerms): VerifiedToken {
  const { exp } = claims
  return Object.freeze({
    issuer: terms.issuer,
    profile: terms.profile,
    subject: stringClaim(claims, 'sub'),
    clientId: clientOf({ claims, terms }),
    audiences: Object.freeze(audiences(claims)),
    scopes: Object.freeze((stringClaim(claims, 'scope') ?? '').split(' ').filter((scope) => scope !== '')),
    expiresAt: typeof exp === 'number' ? exp : 0,
    claims: deepFrozen(claims),
  })
}

function deepFrozen<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) deepFrozen(inner)
  return Object.freeze(value)
}
