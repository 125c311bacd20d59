import { randomUUID } from 'node:crypto'
import { hardcodedClaimMapper, mappedClaims, type ProtocolMapper, serviceAccountSubject } from '@federate/keycloak'
import { basicScope, type ClientDefinition } from './realm.ts'
import { type RunningRealm, serviceAccountId } from './running-realm.ts'
import { scopeClaim } from './scopes.ts'
import type { Session } from './sessions.ts'

/** The grant that a token comes from, and the session that it belongs to, if any. */
export interface TokenOrigin {
  readonly grant: 'client_credentials' | 'refresh_token'
  readonly session?: Session
}

export interface AccessTokenClaims extends Readonly<Record<string, unknown>> {
  readonly exp: number
  readonly iat: number
}

/** The claims of a service account's access token before it is signed: as Keycloak's, and in the same order. */
export function accessTokenClaims(
  realm: RunningRealm,
  client: ClientDefinition,
  scopes: readonly string[],
  origin: TokenOrigin = { grant: 'client_credentials' },
): AccessTokenClaims {
  const accountId = serviceAccountId(realm, client.clientId)
  const issuedAt = realm.seconds()
  const { aud, ...overlay } = mappedClaims(mappersOf(realm, client, scopes), {
    clientId: client.clientId,
    serviceAccountUserName: client.userName ?? serviceAccountSubject(client.clientId),
    serviceAccountId: accountId,
    roles: client.roles,
  })
  const { session } = origin
  return {
    // No token outlives its session.
    exp: Math.min(issuedAt + client.accessTokenLifespan, session?.endsAt ?? Number.POSITIVE_INFINITY),
    iat: issuedAt,
    jti: `${idPrefix(origin)}:${randomUUID()}`,
    iss: realm.issuer,
    ...(aud === undefined ? {} : { aud }),
    ...(scopes.includes(basicScope) ? { sub: accountId } : {}),
    typ: 'Bearer',
    azp: client.clientId,
    ...(session === undefined ? {} : { sid: session.id }),
    scope: scopeClaim(scopes),
    ...overlay,
  }
}

/** Keycloak's signs for the session (online, transient), the token (regular) and the grant. */
function idPrefix({ grant, session }: TokenOrigin): string {
  return `${session === undefined ? 'tr' : 'on'}rt${grant === 'client_credentials' ? 'cc' : 'rt'}`
}

function mappersOf(realm: RunningRealm, client: ClientDefinition, scopes: readonly string[]): ProtocolMapper[] {
  const own = Object.entries(client.claims).map(([name, value]) => hardcodedClaimMapper(name, name, value))
  const ofScopes = realm.definition.scopes.filter((scope) => scopes.includes(scope.name))
  return [...own, ...(client.mappers ?? []), ...ofScopes.flatMap((scope) => scope.mappers)]
}
