import type { ApiWish, ServiceWish } from '@federate/core'
import type { Discovery, Resource } from '@federate/core/plan'
import { realmPlace } from '../admin/access.ts'
import { AdminApi } from '../admin/api.ts'
import { apiScope } from '../api-scope.ts'
import { targetScopes } from '../cloud-scopes.ts'
import { clientRolesMapper } from '../protocol-mapper.ts'
import { clientAddress, scopeAddress } from './addresses.ts'
import { ApiClientResource } from './api-client.ts'
import {
  refuseOldServer,
  refuseTakenUserNames,
  refuseUnknownRoles,
  warnOfCappedLifetimes,
  warnOfOtherServices,
  warnOfPeopleInClouds,
} from './checks.ts'
import { authenticatorOf, cloudScopeNames, desiredClient } from './desired-client.ts'
import { discover } from './discovery.ts'
import { warnOfForeignParts } from './foreign-parts.ts'
import { scopeOwners } from './marks.ts'
import { RealmState } from './realm-state.ts'
import type { KeycloakRequest } from './request.ts'
import { ScopeResource } from './scope.ts'
import { ServiceClientResource } from './service-client.ts'

/** A realm's side of the trust, ready to be planned. */
export interface KeycloakTrust extends Discovery {
  readonly resources: readonly Resource[]
}

/**
 * What a realm must have: a scope for each cloud in use, a client and a scope for each API, a client for each service.
 *
 * The administrator comes from the environment, see `adminLogin`.
 *
 * @throws FederateError `KEYCLOAK_ACCESS_MISSING`, `KEYCLOAK_ISSUER_URL`, `KEYCLOAK_ROLE_UNKNOWN` before anything is
 *   asked; `KEYCLOAK_NOT_FOUND`, `KEYCLOAK_LOGIN_REFUSED`, `KEYCLOAK_REALM_MISSING`, `KEYCLOAK_FORBIDDEN`,
 *   `KEYCLOAK_NO_BASIC_SCOPE`, `KEYCLOAK_USER_NAME_TAKEN` before anything is planned.
 */
export async function keycloakTrust(request: KeycloakRequest): Promise<KeycloakTrust> {
  const { owner, context, issuer } = request
  const { signal, warn } = context
  refuseUnknownRoles(request)
  const state = new RealmState(new AdminApi(realmPlace(issuer.url, request.adminUrl), context))
  const services = request.services.filter((service) => authenticatorOf(service) !== undefined)
  warnOfOtherServices(request.services, warn)
  const settings = await state.settings(signal)
  await refuseOldServer(state, signal)
  await refuseTakenUserNames(services, state, signal)
  warnOfCappedLifetimes(services, settings.sessionMaximum, warn)
  const clients = await state.clients(signal)
  warnOfPeopleInClouds(clients.values(), new Set(services.map(({ clientId }) => clientId)), warn)
  const resources = [
    ...cloudScopeResources(request, services, state),
    ...apiResources(request, services, state),
    ...(await serviceResources(request, services, state)),
  ]
  warnOfForeignParts(resources, clients, warn)
  return { resources, discover: (within) => discover({ state, owner, issuer: issuer.url, wanted: resources }, within) }
}

function cloudScopeResources({ owner, issuer }: KeycloakRequest, services: readonly ServiceWish[], state: RealmState) {
  const needed = new Map(services.flatMap(targetScopes).map((scope) => [scope.name, scope]))
  return [...needed.values()].map((scope) => {
    const using = services.filter((service) => cloudScopeNames(service).includes(scope.name)).map(({ name }) => name)
    return new ScopeResource(state, { owner, issuer: issuer.url, scope, services: using })
  })
}

function apiResources(request: KeycloakRequest, services: readonly ServiceWish[], state: RealmState) {
  const names = services.map(({ name }) => name)
  return request.apis.flatMap((api) => [
    ...apiClient(request, api, names, state),
    apiScopeOf(request, api, names, state),
  ])
}

/** Only for an API that has roles: a client without any would say nothing. */
function apiClient({ owner, issuer }: KeycloakRequest, api: ApiWish, services: readonly string[], state: RealmState) {
  if (api.roles.length === 0) return []
  const label = `client ${api.audience} for the roles of the API ${api.name} in the realm ${state.api.place.realm}`
  const roles = [...api.roles].sort()
  const wish = { owner, issuer: issuer.url, clientId: api.audience, roles, label, dependsOn: [], services }
  return [new ApiClientResource(state, wish)]
}

function apiScopeOf({ owner, issuer }: KeycloakRequest, api: ApiWish, services: readonly string[], state: RealmState) {
  const scope = apiScope(api.audience)
  const wish = { owner, issuer: issuer.url, scope, services }
  if (api.roles.length === 0) return new ScopeResource(state, wish)
  return new ScopeResource(state, {
    ...wish,
    scope: { ...scope, mappers: [...scope.mappers, clientRolesMapper('federate-roles', api.audience)] },
    roles: { clientId: api.audience, names: [...api.roles].sort() },
  })
}

async function serviceResources(request: KeycloakRequest, services: readonly ServiceWish[], state: RealmState) {
  const { owner, apis, credentials, issuer, rotate } = request
  const scopes = await state.scopes(request.context.signal)
  const marked = [...scopes.values()].filter(({ attributes }) => scopeOwners(attributes).size > 0)
  const markedScopes = new Set(marked.map(({ name }) => name))
  const apiClients = apis
    .filter(({ roles }) => roles.length > 0)
    .map(({ audience }) => clientAddress(issuer.url, audience))
  const resources: ServiceClientResource[] = []
  for (const service of services) {
    const keys = service.auth.method === 'private_key_jwt' ? await credentials.publicKeys(service) : undefined
    const desired = desiredClient(service, { owner, apis, markedScopes, keys })
    const dependsOn = [...desired.optionalScopes.map((name) => scopeAddress(issuer.url, name)), ...apiClients]
    const wish = { owner, service, desired, dependsOn, rotate: rotate.has(service.name), store: credentials }
    resources.push(new ServiceClientResource(state, wish))
  }
  return resources
}
