import { FederateError } from '@federate/core'
import { claimPath, setClaim } from './claim-path.ts'
import { claimValue, fixedClaim } from './mapper-values.ts'
import type { ProtocolMapper } from './protocol-mapper.ts'
import { roleClaims } from './role-mappers.ts'
import { ofRealm, type Roles } from './token-roles.ts'
import { unknownMapper } from './unknown-mapper.ts'

/** The client and the user that a token is made for. */
export interface MappedSubject {
  readonly clientId: string
  /** `service-account-<client id>`, lower case. */
  readonly serviceAccountUserName: string
  /** The service account's UUID. */
  readonly serviceAccountId: string
  /** Roles that the service account has and the token's scopes let through. Default: none. */
  readonly roles?: Roles | undefined
  /** Where the request came from. Default: not known, and the claims that say it are left out. */
  readonly address?: string | undefined
}

/** What mappers put into a token, and those of them that are beyond this model. */
export interface Mapping {
  readonly claims: Record<string, unknown>
  readonly unknown: readonly FederateError[]
}

/** Claims that no mapper can change (Keycloak's OIDCAttributeMapperHelper). */
const protectedClaims = new Set(['jti', 'typ', 'iat', 'exp', 'iss', 'scope', 'nonce', 'session_state', 'sid'])

/** Kinds that have no switch for access tokens: they add roles, or rename them. */
const alwaysActive = new Set(['oidc-hardcoded-role-mapper', 'oidc-role-name-mapper'])

/**
 * What Keycloak's protocol mappers put over the claims of an access token of a service account.
 *
 * Knows those that federate makes, and those of the scopes that Keycloak attaches by itself.
 *
 * @throws FederateError `KEYCLOAK_MAPPER_UNKNOWN` for another kind, or for a value that is not of the mapper's type.
 */
export function mappedClaims(mappers: readonly ProtocolMapper[], subject: MappedSubject): Record<string, unknown> {
  const { claims, unknown } = mapClaims(mappers, subject)
  const [first] = unknown
  if (first !== undefined) throw first
  return claims
}

/** As `mappedClaims`; what is not known is said beside what is. */
export function mapClaims(mappers: readonly ProtocolMapper[], subject: MappedSubject): Mapping {
  const claims: Record<string, unknown> = {}
  const audiences = new Set<string>()
  const unknown: FederateError[] = []
  for (const mapper of inKeycloaksOrder(mappers)) {
    if (mapper.config['access.token.claim'] !== 'true' && !alwaysActive.has(mapper.protocolMapper)) continue
    try {
      mapOne(mapper, subject, claims, audiences)
    } catch (error) {
      if (!(error instanceof FederateError)) throw error
      unknown.push(error)
    }
  }
  const [first, ...others] = audiences
  if (first !== undefined) claims['aud'] = others.length === 0 ? first : [first, ...others]
  return { claims, unknown }
}

/** The subject mapper goes first, so that others override it (KC#28663). */
function inKeycloaksOrder(mappers: readonly ProtocolMapper[]): readonly ProtocolMapper[] {
  const isSubject = ({ protocolMapper }: ProtocolMapper) => protocolMapper === 'oidc-sub-mapper'
  return [...mappers.filter(isSubject), ...mappers.filter((mapper) => !isSubject(mapper))]
}

function mapOne(
  mapper: ProtocolMapper,
  subject: MappedSubject,
  claims: Record<string, unknown>,
  audiences: Set<string>,
): void {
  switch (mapper.protocolMapper) {
    case 'oidc-audience-mapper':
      audiences.add(audienceOf(mapper))
      return
    case 'oidc-audience-resolve-mapper':
      for (const client of clientsWithRoles(subject)) audiences.add(client)
      return
    case 'oidc-usermodel-realm-role-mapper':
    case 'oidc-usermodel-client-role-mapper':
      for (const { path, roles } of roleClaims(mapper, subject)) setClaim(claims, path, roles)
      return
    default:
      putValue(claims, mapper, claimValue(mapper, subject))
  }
}

function audienceOf(mapper: ProtocolMapper): string {
  const audience = mapper.config['included.client.audience'] ?? mapper.config['included.custom.audience']
  if (audience === undefined) throw unknownMapper(mapper, 'it names no audience')
  return audience
}

function clientsWithRoles({ roles = new Map(), clientId }: MappedSubject): string[] {
  return [...roles.keys()].filter((client) => client !== ofRealm && client !== clientId)
}

function putValue(claims: Record<string, unknown>, mapper: ProtocolMapper, value: unknown): void {
  if (value === undefined) return
  const path = claimPath(fixedClaim(mapper) ?? mapper.config['claim.name'] ?? '')
  const [first] = path
  if (first === undefined) throw unknownMapper(mapper, 'it names no claim')
  if (first === 'aud') throw unknownMapper(mapper, 'it sets the audience by another way than an audience mapper')
  if (path.length === 1 && protectedClaims.has(first)) return
  setClaim(claims, path, value)
}
