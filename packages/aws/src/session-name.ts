import { type JwtClaims, stringClaim } from '@federate/core'

/**
 * The name of a session, as CloudTrail will show it: 2 to 64 of `[\w+=,.@-]` (STS API reference, RoleSessionName).
 * Whatever does not fit becomes a hyphen, and what is too long is cut.
 */
export function sessionNameFor(name: string): string {
  return `federate-${name.replace(/^service-account-/, '').replace(/[^\w+=,.@-]/g, '-')}`.slice(0, 64)
}

/** The best name there is for who holds a token. */
export function sessionNameOf(claims: JwtClaims | undefined, subject: string | undefined): string {
  const named = claims === undefined ? undefined : (stringClaim(claims, 'client_id') ?? stringClaim(claims, 'sub'))
  return sessionNameFor(named ?? subject ?? 'session')
}
