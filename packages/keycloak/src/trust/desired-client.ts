import type { ApiWish, ServiceWish } from '@federate/core'
import type { ClientFlags } from '../admin/representations.ts'
import { targetScopes } from '../cloud-scopes.ts'
import { hardcodedClaimMapper, type ProtocolMapper } from '../protocol-mapper.ts'
import { marked } from './changes.ts'
import { type Attributes, ownerMark, rolesMark, rolesText, serviceMark } from './marks.ts'

type Authenticator = 'client-secret' | 'client-secret-jwt' | 'client-jwt'

/** What a service wants of its client. */
export interface DesiredClient {
  readonly clientId: string
  readonly flags: ClientFlags
  readonly authenticator: Authenticator
  /** An empty text: not to be there. */
  readonly attributes: Attributes
  /** The public keys as a JWK set; undefined where the private key is not here. */
  readonly keys: string | undefined
  readonly mappers: readonly ProtocolMapper[]
  readonly defaultScopes: readonly string[]
  readonly optionalScopes: readonly string[]
  /** Scopes of the realm that bear a mark of federate: on our clients they are ours to take off. */
  readonly markedScopes: ReadonlySet<string>
  /** Roles of the service account, by the client that has them. */
  readonly roles: ReadonlyMap<string, readonly string[]>
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

/** Seconds that tokens live: clouds need time for the exchange and its retries, one's own APIs do not. */
const lifetimeForClouds = 1200
const lifetimeForApis = 300

export interface ClientSurroundings {
  readonly owner: string
  readonly apis: readonly ApiWish[]
  readonly markedScopes: ReadonlySet<string>
  /** The service's public keys, where its private key is here. */
  readonly keys: string | undefined
}

export function desiredClient(service: ServiceWish, surroundings: ClientSurroundings): DesiredClient {
  const { owner, apis, markedScopes, keys } = surroundings
  const roles = rolesOf(service, apis)
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
    },
    keys,
    mappers: Object.entries(service.claims).map(([name, value]) =>
      marked(hardcodedClaimMapper(`federate-claim-${name}`, name, value), owner),
    ),
    defaultScopes: [...(service.defaultScopes ?? ['basic'])].sort(),
    optionalScopes: [...cloudScopeNames(service), ...apis.map(({ audience }) => audience)].sort(),
    markedScopes,
    roles,
  }
}

/** How Keycloak checks the service's proof; undefined for services whose client, if any, is made by hand. */
export function authenticatorOf({ auth }: ServiceWish): Authenticator | undefined {
  switch (auth.method) {
    case 'client_secret_basic':
    case 'client_secret_post':
      return 'client-secret'
    case 'client_secret_jwt':
      return 'client-secret-jwt'
    case 'private_key_jwt':
      return 'client-jwt'
    default:
      return undefined
  }
}

/** Seconds that the service's tokens live. */
export function lifetimeOf(service: ServiceWish): number {
  return service.tokenLifetime ?? (service.targets.length > 0 ? lifetimeForClouds : lifetimeForApis)
}

/** The scopes of the clouds that a service has targets in. */
export function cloudScopeNames(service: ServiceWish): string[] {
  return targetScopes(service).map(({ name }) => name)
}

function rolesOf(service: ServiceWish, apis: readonly ApiWish[]): ReadonlyMap<string, readonly string[]> {
  const wished = Object.entries(service.roles ?? {})
  return new Map(
    wished.flatMap(([api, names]) => {
      const audience = apis.find(({ name }) => name === api)?.audience
      return audience === undefined ? [] : [[audience, [...names].sort()] as const]
    }),
  )
}
