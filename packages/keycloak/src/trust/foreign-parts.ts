import type { Resource } from '@federate/core/plan'
import type { RealmClient, RealmMapper } from '../admin/representations.ts'
import { foreignMappers } from './changes.ts'
import { foreignScopes } from './client-changes.ts'
import { ownerMark } from './marks.ts'
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
  warn: (message: string) => void,
): void {
  for (const resource of resources) {
    if (!(resource instanceof ServiceClientResource)) continue
    const desired = resource.desired()
    const client = clients.get(desired.clientId)
    if (client?.attributes[ownerMark] === undefined) continue
    const scopes = foreignScopes(desired, { ...client, roles: new Map() }).map((name) => `client scope ${name}`)
    const mappers = foreignMappers(desired.mappers, client.mappers.filter(isAdded)).map((name) => `mapper ${name}`)
    const parts = [...scopes, ...mappers]
    if (parts.length === 0) continue
    warn(`The client ${desired.clientId} has what federate did not put there, and leaves alone: ${parts.join(', ')}.`)
  }
}
