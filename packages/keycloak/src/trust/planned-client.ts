import type { RealmMapper } from '../admin/representations.ts'
import type { ProtocolMapper } from '../protocol-mapper.ts'
import { type Roles, union } from '../token-roles.ts'
import { mapperChanges } from './changes.ts'
import { type ActualClient, changedList, clientChanges, noClient, type RoleChange } from './client-changes.ts'
import type { DesiredClient } from './desired-client.ts'

/** The client as it will be when the plan is applied, with what others put on it. */
export function plannedClient(desired: DesiredClient, actual: ActualClient | undefined): ActualClient {
  const there = actual ?? noClient(desired)
  const changes = clientChanges(desired, there, false)
  const { attach, detach } = changes
  return {
    ...there,
    flags: desired.flags,
    authenticator: desired.authenticator,
    attributes: patched(there.attributes, changes.attributes),
    mappers: plannedMappers(desired.mappers, there.mappers),
    defaultScopes: changedList(there.defaultScopes, attach.default, detach.default),
    optionalScopes: changedList(there.optionalScopes, attach.optional, detach.optional),
    roles: without(desired.vanishingRoles, afterChanges(there.roles, changes.roles)),
    scopeRoles: without(desired.vanishingRoles, afterChanges(there.scopeRoles, changes.scopeRoles)),
  }
}

function without(gone: Roles, roles: Roles): Roles {
  return new Map([...roles].map(([owner, names]) => [owner, names.filter((name) => !gone.get(owner)?.includes(name))]))
}

/** The mappers that are wished, and those that others added. */
export function plannedMappers(wished: readonly ProtocolMapper[], actual: readonly RealmMapper[]): RealmMapper[] {
  const { remove } = mapperChanges(wished, actual)
  const names = new Set([...wished, ...remove].map(({ name }) => name))
  return [...wished.map((mapper) => ({ ...mapper, id: '' })), ...actual.filter(({ name }) => !names.has(name))]
}

function patched(attributes: ActualClient['attributes'], patch: Readonly<Record<string, string | null>>) {
  const changed = Object.entries({ ...attributes, ...patch })
  return Object.fromEntries(changed.flatMap(([key, value]) => (value === null ? [] : [[key, value]])))
}

function afterChanges(roles: Roles, changes: readonly RoleChange[]): Roles {
  const added = new Map(changes.map(({ clientId, add }) => [clientId, add] as const))
  const removed = new Map(changes.map(({ clientId, remove }) => [clientId, remove] as const))
  return without(removed, union(roles, added))
}
