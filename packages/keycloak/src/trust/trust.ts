import type { ApiWish, Issuer, ServiceWish } from '@federate/core'
import type { Discovery, Resource } from '@federate/core/plan'
import { realmPlace } from '../admin/access.ts'
import { AdminApi } from '../admin/api.ts'
import { apiScope } from '../api-scope.ts'
import { targetScopes } from '../cloud-scopes.ts'
import type { Roles } from '../token-roles.ts'
import { clientAddress, scopeAddress } from './addresses.ts'
import { ApiClientResource } from './api-client.ts'
import {
  refuseMissingIdentityProviders,
  warnOfCappedLifetimes,
  warnOfLongSubjects,
  warnOfOtherServices,
} from './checks.ts'
import { authenticatorOf, cloudScopeNames, desiredClient } from './desired-client.ts'
import { discover } from './discovery.ts'
import { warnOfForeignParts } from './foreign-parts.ts'
import { warnOfBrokenKeys } from './key-warnings.ts'
import { givenRoles, ownerMark, scopeOwners } from './marks.ts'
import { refuseTakenUserNames, warnOfDefaultCloudScopes, warnOfPeopleInClouds } from './people-checks.ts'
import { RealmState } from './realm-state.ts'
import type { KeycloakRequest } from './request.ts'
import { refuseMissingRoles, refuseUnknownRoles, wishesRoles } from './role-checks.ts'
import { ScopeResource } from './scope.ts'
import { ServiceClientResource } from './service-client.ts'
import { TokenOutlook } from './token-outlook.ts'
import { refuseMissingFeatures, refuseOldServer } from './version-checks.ts'

/** A realm's side of the trust, ready to be planned. */
export interface KeycloakTrust extends Discovery {
  readonly issuer: Issuer
  readonly resources: readonly Resource[]
  /** Which tokens the services get. */
  readonly tokens: TokenOutlook
}

/**
 * What a realm must have: a scope for each cloud in use, a client and a scope for each API, a client for each service.
 *
 * The administrator comes from the environment, see `adminLogin`.
 *
 * @throws FederateError `KEYCLOAK_ACCESS_MISSING`, `KEYCLOAK_ISSUER_URL`, `KEYCLOAK_ROLE_UNKNOWN` before anything is
 *   asked; `KEYCLOAK_NOT_FOUND`, `KEYCLOAK_LOGIN_REFUSED`, `KEYCLOAK_REALM_MISSING`, `KEYCLOAK_FORBIDDEN`,
 *   `KEYCLOAK_NO_BASIC_SCOPE`, `KEYCLOAK_TOO_OLD`, `KEYCLOAK_NO_IDENTITY_PROVIDER`, `KEYCLOAK_USER_NAME_TAKEN`,
 *   `KEYCLOAK_ROLE_MISSING` before anything is planned.
 */
export async function keycloakTrust(request: KeycloakRequest): Promise<KeycloakTrust> {
  const { owner, context, issuer } = request
  const { signal, warn } = context
  refuseUnknownRoles(request)
  const state = new RealmState(new AdminApi(realmPlace(issuer.url, request.adminUrl), context))
  const services = request.services.filter((service) => authenticatorOf(service) !== undefined)
  const made = new Set(services)
  warnOfOtherServices(
    request.services.filter((service) => !made.has(service)),
    warn,
  )
  await state.askAhead(
    {
      holders: new Map(request.apis.map(({ audience, roles }) => [audience, roles])),
      scoped: services.filter((service) => wishesRoles(service)).map(({ clientId }) => clientId),
    },
    signal,
  )
  const settings = await state.settings(signal)
  await refuseOldServer(state, signal)
  await refuseMissingFeatures(services, state, signal, warn)
  await refuseMissingIdentityProviders(services, state, signal)
  await refuseTakenUserNames(services, state, signal)
  await refuseMissingRoles(services, state, signal)
  warnOfCappedLifetimes(services, settings.sessionMaximum, warn)
  warnOfLongSubjects(services, warn)
  await warnOfPeopleInClouds(state, new Set(services.map(({ clientId }) => clientId)), signal, warn)
  await warnOfDefaultCloudScopes(state, signal, warn)
  await warnOfBrokenKeys(state, request, signal, warn)
  const resources = [
    ...cloudScopeResources(request, services, state),
    ...apiResources(request, services, state),
    ...(await serviceResources(request, services, state)),
  ]
  await warnOfForeignParts(resources, signal, warn)
  const tokens = new TokenOutlook(state, issuer, resources)
  return {
    issuer,
    resources,
    tokens,
    discover: (within) => discover({ state, owner, issuer: issuer.url, wanted: resources }, within),
  }
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
  return new ScopeResource(state, { owner, issuer: issuer.url, scope: apiScope(api.audience, api.roles), services })
}

async function serviceResources(request: KeycloakRequest, services: readonly ServiceWish[], state: RealmState) {
  const { owner, apis, credentials, issuer, rotate } = request
  const scopes = await state.scopes(request.context.signal)
  const marked = [...scopes.values()].filter(({ attributes }) => scopeOwners(attributes).size > 0)
  const markedScopes = new Set(marked.map(({ name }) => name))
  const apiClients = apis
    .filter(({ roles }) => roles.length > 0)
    .map(({ audience }) => clientAddress(issuer.url, audience))
  const vanishingRoles = await rolesToDelete(request, state)
  const clients = await state.clients(request.context.signal)
  const resources: ServiceClientResource[] = []
  for (const service of services) {
    const keys = service.auth.method === 'private_key_jwt' ? await credentials.publicKeys(service) : undefined
    const desired = desiredClient(service, { owner, apis, markedScopes, keys, vanishingRoles })
    const given = givenRoles(clients.get(service.clientId)?.attributes ?? {})
    const dependsOn = [
      ...desired.optionalScopes.map((name) => scopeAddress(issuer.url, name)),
      ...apiClients,
      // A client whose roles it had must not be deleted before they are taken from it.
      ...[...given.keys()].map((owner) => clientAddress(issuer.url, owner)),
    ]
    const wish = { owner, service, desired, dependsOn, rotate: rotate.has(service.name), store: credentials }
    resources.push(new ServiceClientResource(state, wish))
  }
  return resources
}

/** Roles of APIs that we made and the file no longer has: the API's client loses them in the same plan. */
async function rolesToDelete({ owner, apis, context }: KeycloakRequest, state: RealmState): Promise<Roles> {
  const entries = apis
    .filter((api) => api.roles.length > 0)
    .map(async (api) => {
      const there = await state.roles(api.audience, context.signal)
      const ours = there.filter(({ attributes }) => attributes[ownerMark] === owner).map(({ name }) => name)
      return [api.audience, ours.filter((name) => !api.roles.includes(name))] as const
    })
  return new Map(await Promise.all(entries))
}
