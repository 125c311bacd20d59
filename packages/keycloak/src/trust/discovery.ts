import type { Resource } from '@federate/core/plan'
import type { RealmClient, RealmScope } from '../admin/representations.ts'
import { scopeAddress } from './addresses.ts'
import { ApiClientResource } from './api-client.ts'
import { ownerMark, scopeOwners } from './marks.ts'
import type { RealmState } from './realm-state.ts'
import { ScopeResource } from './scope.ts'

/** What bears an owner's mark in one realm. */
export interface RealmDiscovery {
  readonly state: RealmState
  readonly owner: string
  readonly issuer: string
  /** What federate.yaml wants; such an object comes back as it stands there. */
  readonly wanted: readonly Resource[]
}

/** Finds what the owner made or shares, also what federate.yaml has forgotten. */
export async function discover(request: RealmDiscovery, signal: AbortSignal): Promise<readonly Resource[]> {
  const { state, owner, wanted } = request
  const [scopes, clients] = await Promise.all([state.scopes(signal), state.clients(signal)])
  const found: Resource[] = [
    ...[...scopes.values()]
      .filter(({ attributes }) => scopeOwners(attributes).has(owner))
      .map((scope) => foundScope(request, scope)),
    ...[...clients.values()]
      .filter(({ attributes }) => attributes[ownerMark] === owner)
      .map((client) => foundClient(request, client)),
  ]
  return found.map((resource) => wanted.find((one) => one.address === resource.address) ?? resource)
}

function foundScope({ state, owner, issuer }: RealmDiscovery, { name }: RealmScope): Resource {
  return new ScopeResource(state, { owner, issuer, scope: { name, description: '', mappers: [] }, services: [] })
}

/** Its scopes must not go before it: Keycloak keeps a scope that a client has. */
function foundClient({ state, owner, issuer }: RealmDiscovery, client: RealmClient): Resource {
  const { clientId, defaultScopes, optionalScopes } = client
  return new ApiClientResource(state, {
    owner,
    issuer,
    clientId,
    label: `client ${clientId} in the realm ${state.api.place.realm}`,
    dependsOn: [...defaultScopes, ...optionalScopes].map((name) => scopeAddress(issuer, name)),
    roles: [],
    services: [],
  })
}
