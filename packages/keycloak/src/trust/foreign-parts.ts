import type { Resource } from '@federate/core/plan'
import type { RealmClient, RealmMapper, RealmScope } from '../admin/representations.ts'
import { foreignMappers } from './changes.ts'
import { foreignScopes } from './client-changes.ts'
import { ownerMark, scopeOwners } from './marks.ts'
import { ScopeResource } from './scope.ts'
import { ServiceClientResource } from './service-client.ts'

/** Keycloak 26.0 puts these on every client with a service account itself. */
const ofKeycloak = new Set(['Client ID', 'Client Host', 'Client IP Address'])

function isAdded({ name, protocolMapper }: RealmMapper): boolean {
  return !(ofKeycloak.has(name) && protocolMapper === 'oidc-usersessionmodel-note-mapper')
}

/** Says what others put on our clients: it is left alone, and it is in the tokens. */
export function warnOfForeignParts(
  resources: readonly Resource[],
  clients: ReadonlyMap<string, RealmClient>,
  scopes: ReadonlyMap<string, RealmScope>,
  warn: (message: string) => void,
): void {
  for (const resource of resources) {
    if (resource instanceof ScopeResource) warnOfScope(resource, scopes, warn)
    if (!(resource instanceof ServiceClientResource)) continue
    const desired = resource.desired()
    const client = clients.get(desired.clientId)
    if (client?.attributes[ownerMark] === undefined) continue
    const extra = foreignScopes(desired, client).map((name) => `client scope ${name}`)
    const mappers = foreignMappers(desired.mappers, client.mappers.filter(isAdded)).map((name) => `mapper ${name}`)
    const parts = [...extra, ...mappers]
    if (parts.length === 0) continue
    warn(`The client ${desired.clientId} has what federate did not put there, and leaves alone: ${parts.join(', ')}.`)
  }
}

function warnOfScope(
  resource: ScopeResource,
  scopes: ReadonlyMap<string, RealmScope>,
  warn: (message: string) => void,
): void {
  const { scope } = resource.desired()
  const there = scopes.get(scope.name)
  if (there === undefined || scopeOwners(there.attributes).size === 0) return
  const parts = foreignMappers(scope.mappers, there.mappers).map((name) => `mapper ${name}`)
  if (parts.length === 0) return
  warn(`The client scope ${scope.name} has what federate did not put there, and leaves alone: ${parts.join(', ')}.`)
}
