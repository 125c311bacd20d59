import type { JsonValue } from '@federate/core/plan'
import { escapeClaimName } from './claim-path.ts'

/** A protocol mapper as Keycloak's Admin REST API represents it; every value of `config` is a string. */
export interface ProtocolMapper {
  readonly name: string
  readonly protocol: 'openid-connect'
  readonly protocolMapper: string
  readonly config: Readonly<Record<string, string>>
}

/** A client scope: what its name brings into a token that asks for it. */
export interface ClientScope {
  readonly name: string
  /** For people who read the realm. */
  readonly description: string
  readonly mappers: readonly ProtocolMapper[]
}

const accessTokenOnly = { 'access.token.claim': 'true', 'id.token.claim': 'false' }

/** Adds `audience` to the token's `aud`. */
export function audienceMapper(name: string, audience: string): ProtocolMapper {
  return openIdConnectMapper(name, 'oidc-audience-mapper', {
    'included.custom.audience': audience,
    'introspection.token.claim': 'true',
  })
}

/** Sets the claim of exactly this name to one value. Overrides `azp` and `sub` too (observed on 26.0.8 and 26.7.4). */
export function hardcodedClaimMapper(name: string, claim: string, value: JsonValue): ProtocolMapper {
  const type = jsonType(value)
  return openIdConnectMapper(name, 'oidc-hardcoded-claim-mapper', {
    'claim.name': escapeClaimName(claim),
    'claim.value': typeof value === 'string' ? value : JSON.stringify(value),
    'jsonType.label': type,
  })
}

/** Sets a claim to a property of the user; for a service account the user is `service-account-<client id>`. */
export function userPropertyMapper(name: string, property: string, claim: string): ProtocolMapper {
  return openIdConnectMapper(name, 'oidc-usermodel-property-mapper', {
    'user.attribute': property,
    'claim.name': escapeClaimName(claim),
    'jsonType.label': 'String',
  })
}

/** Sets `resource_access.<client>.roles` to the roles of one client that the service account has and the scope lets through. */
export function clientRolesMapper(name: string, clientId: string): ProtocolMapper {
  return openIdConnectMapper(name, 'oidc-usermodel-client-role-mapper', {
    'usermodel.clientRoleMapping.clientId': clientId,
    'claim.name': `resource_access.${escapeClaimName(clientId)}.roles`,
    'jsonType.label': 'String',
    multivalued: 'true',
  })
}

/** Sets `realm_access.roles` to the roles of the realm that the service account has and the token's scopes let through. */
export function realmRolesMapper(name: string): ProtocolMapper {
  return openIdConnectMapper(name, 'oidc-usermodel-realm-role-mapper', {
    'claim.name': 'realm_access.roles',
    'jsonType.label': 'String',
    multivalued: 'true',
  })
}

function openIdConnectMapper(name: string, protocolMapper: string, config: Record<string, string>): ProtocolMapper {
  return { name, protocol: 'openid-connect', protocolMapper, config: { ...config, ...accessTokenOnly } }
}

function jsonType(value: JsonValue): string {
  if (typeof value === 'string') return 'String'
  if (typeof value === 'boolean') return 'boolean'
  return Number.isSafeInteger(value) ? 'long' : 'JSON'
}
