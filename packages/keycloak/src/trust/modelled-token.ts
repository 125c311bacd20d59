import type { RealmScope } from '../admin/representations.ts'
import { mapClaims } from '../mappers.ts'
import { serviceAccountSubject } from '../service-account.ts'
import { intersection, type Roles, union } from '../token-roles.ts'
import type { ActualClient } from './client-changes.ts'

/** A scope with the roles that it lets into tokens. */
export type TokenScope = Pick<RealmScope, 'name' | 'attributes' | 'mappers'> & { readonly roles: Roles }

/** All that decides what a client's token will hold. */
export interface TokenMakers {
  readonly issuer: string
  readonly client: Pick<ActualClient, 'clientId' | 'attributes' | 'mappers' | 'roles' | 'scopeRoles'>
  /** The client's default scopes, and the one that is asked for. */
  readonly scopes: readonly TokenScope[]
  /** The service account's UUID, where it is known. */
  readonly accountId?: string | undefined
  /** What the realm does where the client says nothing. */
  readonly realm: { readonly algorithm: string; readonly lifetime: number; readonly longest: number | undefined }
}

/** A token as our own model of Keycloak has it. */
export interface ModelledToken {
  /** Without those that are new in each token: `exp`, `iat`, `jti`. */
  readonly claims: Readonly<Record<string, unknown>>
  readonly algorithm: string
  /** Seconds. */
  readonly lifetime: number
  /** Why the roles in it are those: what the service account has, and what the scopes let through. */
  readonly roles: { readonly account: Roles; readonly scope: Roles; readonly token: Roles }
  /** What else is in it, and cannot be told from here. */
  readonly unknown: readonly string[]
}

/** Stands for the `sub` of a service account that is not there yet. */
const unknownAccountId = '(a UUID chosen by Keycloak)'

/** What Keycloak puts into the token of a service account. */
export function modelledToken(makers: TokenMakers): ModelledToken {
  const { issuer, client, realm, accountId = unknownAccountId } = makers
  const scopes = makers.scopes.filter((scope) => isPermitted(scope, client.roles))
  const scopeRoles = union(client.scopeRoles, ...scopes.map(({ roles }) => roles))
  const roles = { account: client.roles, scope: scopeRoles, token: intersection(client.roles, scopeRoles) }
  const mappers = [...scopes.flatMap((scope) => scope.mappers), ...client.mappers]
  const { claims, unknown } = mapClaims(
    mappers.map((mapper) => ({ ...mapper, protocol: 'openid-connect' as const })),
    {
      clientId: client.clientId,
      serviceAccountUserName: serviceAccountSubject(client.clientId),
      serviceAccountId: accountId,
      roles: roles.token,
    },
  )
  const lifetime = Number(client.attributes['access.token.lifespan'] ?? realm.lifetime)
  return {
    claims: { iss: issuer, typ: 'Bearer', azp: client.clientId, scope: scopeClaim(scopes), ...claims },
    algorithm: client.attributes['access.token.signed.response.alg'] ?? realm.algorithm,
    lifetime: Math.min(lifetime, realm.longest ?? lifetime),
    roles,
    unknown: [...unknown.map(({ problem }) => problem), ...lightweight(client.attributes)],
  }
}

/** A scope with roles is only for those who have one of them; others get the token without it, and no error. */
function isPermitted({ roles }: TokenScope, account: Roles): boolean {
  return roles.size === 0 || intersection(roles, account).size > 0
}

function scopeClaim(scopes: readonly TokenScope[]): string {
  const shown = scopes.filter(({ attributes }) => attributes['include.in.token.scope'] !== 'false')
  return [...new Set(shown.map(({ name }) => name))].sort().join(' ')
}

function lightweight(attributes: ActualClient['attributes']): string[] {
  if (attributes['client.use.lightweight.access.token.enabled'] !== 'true') return []
  return ['The client asks for lightweight tokens, which hold only some of these claims.']
}
