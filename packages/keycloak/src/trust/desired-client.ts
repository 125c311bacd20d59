import type { ApiWish, ServiceWish } from '@federate/core'
import type { ClientFlags } from '../admin/representations.ts'
import { targetScopes } from '../cloud-scopes.ts'
import { hardcodedClaimMapper, type ProtocolMapper } from '../protocol-mapper.ts'
import { roleMappers, serviceRoles } from '../service-roles.ts'
import { lifetimeOf } from '../token-lifetime.ts'
import { type Roles, union } from '../token-roles.ts'
import { marked } from './changes.ts'
import { grantsForPeople } from './grants-for-people.ts'
import { type Attributes, ownerMark, rolesMark, rolesText, serviceMark } from './marks.ts'

type Authenticator = 'client-secret' | 'client-secret-jwt' | 'client-jwt' | 'client-x509' | 'federated-jwt'

/** What a service wants of its client. */
export interface DesiredClient {
  readonly clientId: string
  readonly flags: ClientFlags
  readonly authenticator: Authenticator
  /** An empty text: not to be there. */
  readonly attributes: Attributes
  /** Whether public keys are uploaded to the client. */
  readonly holdsKeys: boolean
  /** The public keys as a JWK set; undefined where the private key is not here. */
  readonly keys: string | undefined
  readonly mappers: readonly ProtocolMapper[]
  readonly defaultScopes: readonly string[]
  readonly optionalScopes: readonly string[]
  /** Scopes of the realm that bear a mark of federate: on our clients they are ours to take off. */
  readonly markedScopes: ReadonlySet<string>
  /**
   * Roles of the service account, which the client itself lets into its tokens. The scopes of APIs must not do that: a
   * scope with roles is left out of the tokens of those who have none of them, and the audience with it.
   */
  readonly roles: Roles
  /** All that can come into its tokens: those, and what else its account may have of the APIs'. */
  readonly relevantRoles: Roles
  /** Roles that this plan deletes at their API: they leave the service account by themselves. */
  readonly vanishingRoles: Roles
}

/** Every flag is sent: what is left out would default to a public client that people can log in by. */
const serviceFlags: ClientFlags = {
  enabled: true,
  publicClient: false,
  bearerOnly: false,
  serviceAccountsEnabled: true,
  standardFlowEnabled: false,
  implicitFlowEnabled: false,
  directAccessGrantsEnabled: false,
  fullScopeAllowed: false,
}

export interface ClientSurroundings {
  readonly owner: string
  readonly apis: readonly ApiWish[]
  readonly markedScopes: ReadonlySet<string>
  /** The service's public keys, where its private key is here. */
  readonly keys: string | undefined
  /** Roles of the file's APIs that are ours and no longer wanted. */
  readonly vanishingRoles: Roles
}

export function desiredClient(service: ServiceWish, surroundings: ClientSurroundings): DesiredClient {
  const { owner, apis, markedScopes, keys, vanishingRoles } = surroundings
  const roles = serviceRoles(service, apis)
  return {
    clientId: service.clientId,
    flags: serviceFlags,
    authenticator: authenticatorOf(service) ?? 'client-secret',
    attributes: {
      [ownerMark]: owner,
      [serviceMark]: service.name,
      [rolesMark]: rolesText(roles),
      'access.token.lifespan': String(lifetimeOf(service)),
      'access.token.signed.response.alg': service.tokenAlgorithm ?? '',
      'client.use.lightweight.access.token.enabled': '',
      ...noGrantsForPeople,
      ...proofAttributes(service),
    },
    holdsKeys: service.auth.method === 'private_key_jwt' && service.registration?.jwksUri === undefined,
    keys,
    mappers: mappersOf(service).map((mapper) => marked(mapper, owner)),
    defaultScopes: [...(service.defaultScopes ?? ['basic'])].sort(),
    optionalScopes: [...cloudScopeNames(service), ...apis.map(({ audience }) => audience)].sort(),
    markedScopes,
    roles,
    vanishingRoles,
    relevantRoles: union(roles, new Map(apis.map((api) => [api.audience, api.roles]))),
  }
}

/**
 * Grants by which a person's token could come out of this client, and with the scope of a cloud that person would be a
 * service there: for devices, by back channel, by exchange of another token, by another issuer's assertion.
 */
const noGrantsForPeople: Attributes = Object.fromEntries(grantsForPeople.map((name) => [name, '']))

/** By what Keycloak recognises a proof that is no secret. */
function proofAttributes({ registration = {} }: ServiceWish): Attributes {
  const { jwksUri, certificateSubject, identityProvider = '', assertionSubject = '' } = registration
  return {
    ...(jwksUri === undefined ? {} : { 'use.jwks.url': 'true', 'jwks.url': jwksUri, 'use.jwks.string': '' }),
    ...(certificateSubject === undefined
      ? {}
      : { 'x509.subjectdn': certificateSubject, 'x509.allow.regex.pattern.comparison': 'false' }),
    ...(identityProvider === ''
      ? {}
      : { 'jwt.credential.issuer': identityProvider, 'jwt.credential.sub': assertionSubject }),
  }
}

function mappersOf(service: ServiceWish): ProtocolMapper[] {
  const claims = Object.entries(service.claims)
  return [
    ...claims.map(([name, value]) => hardcodedClaimMapper(`federate-claim-${name}`, name, value)),
    ...roleMappers(service),
  ]
}

/** How Keycloak checks the service's proof; undefined for services whose client, if any, is made by hand. */
export function authenticatorOf({ auth, registration = {} }: ServiceWish): Authenticator | undefined {
  switch (auth.method) {
    case 'client_secret_basic':
    case 'client_secret_post':
      return 'client-secret'
    case 'client_secret_jwt':
      return 'client-secret-jwt'
    case 'private_key_jwt':
      return 'client-jwt'
    case 'tls_client_auth':
      return registration.certificateSubject === undefined ? undefined : 'client-x509'
    case 'jwt_file':
      return registration.identityProvider === undefined ? undefined : 'federated-jwt'
    default:
      return undefined
  }
}

/** The scopes of the clouds that a service has targets in. */
export function cloudScopeNames(service: ServiceWish): string[] {
  return targetScopes(service).map(({ name }) => name)
}
