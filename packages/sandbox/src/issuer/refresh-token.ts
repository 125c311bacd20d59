import { randomUUID } from 'node:crypto'
import type { AccessTokenClaims } from './access-token.ts'
import { Refusal } from './message.ts'
import type { ClientDefinition } from './realm.ts'
import type { RunningRealm } from './running-realm.ts'
import type { Session } from './sessions.ts'

/** What a refresh token says that the issuer itself signed. */
export interface RefreshClaims {
  readonly sessionId: string
  /** The scopes of the grant: a refresh gives these or fewer. */
  readonly scopes: readonly string[]
}

/**
 * The claims of a refresh token as Keycloak's. `sub` and `azp` are those of the access token, also where a scope has set
 * them: that is why Keycloak does not take back what it issued for a cloud.
 */
export function refreshTokenClaims(
  realm: RunningRealm,
  access: AccessTokenClaims,
  session: Session,
  scopes: readonly string[],
): Record<string, unknown> {
  return {
    exp: session.idleAt,
    iat: access.iat,
    jti: randomUUID(),
    iss: realm.issuer,
    aud: realm.issuer,
    ...(access['sub'] === undefined ? {} : { sub: access['sub'] }),
    typ: 'Refresh',
    azp: access['azp'],
    sid: session.id,
    scope: scopes.join(' '),
    ...(access['aud'] === undefined ? {} : { aud_x: access['aud'] }),
    prov: 'default',
  }
}

/**
 * Reads a refresh token for the client that presents it.
 *
 * @throws Refusal as Keycloak 26.7.4 words it; for one that has expired only where `refuseExpired` is set.
 */
export async function readRefreshToken(
  realm: RunningRealm,
  client: ClientDefinition,
  token: string,
  refuseExpired: boolean,
): Promise<RefreshClaims> {
  const claims = await realm.keys.refreshClaims(token)
  const { sid, exp, scope, azp } = claims ?? {}
  if (typeof sid !== 'string' || typeof exp !== 'number' || typeof scope !== 'string') {
    throw invalidGrant('Invalid refresh token')
  }
  if (refuseExpired && exp <= realm.seconds()) throw invalidGrant('Token is not active')
  if (azp !== client.clientId) {
    throw invalidGrant("Invalid refresh token. Token client and authorized client don't match")
  }
  return { sessionId: sid, scopes: scope.split(' ') }
}

export function invalidGrant(description: string): Refusal {
  return new Refusal(400, 'invalid_grant', description)
}
