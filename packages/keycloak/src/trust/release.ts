import type { Change, JsonValue } from '@federate/core/plan'
import type { AdminApi } from '../admin/api.ts'
import { allScopes } from '../admin/realm.ts'
import type { RealmClient } from '../admin/representations.ts'
import { change } from './changes.ts'
import { adoptedMark, ownMarks, scopeOwners } from './marks.ts'

/** Whether it was there before us: then it is released and not deleted. */
export function isAdopted({ attributes }: Pick<RealmClient, 'attributes'>): boolean {
  return attributes[adoptedMark] !== undefined
}

/** What goes when a client is given up: all of it, or only our marks where it was there before us. */
export function clientRemoval(client: RealmClient, more: Readonly<Record<string, JsonValue>>): Change[] {
  const { attributes, clientId } = client
  if (isAdopted(client)) {
    return change(
      'marks (the client was adopted, so it stays, with its mappers and roles)',
      ownMarks(attributes),
      undefined,
    )
  }
  return [
    ...change('client id', clientId, undefined),
    ...Object.entries(more).flatMap(([field, value]) => change(field, value, undefined)),
  ]
}

/** An adopted client stays, without our marks and without the scopes that are federate's: those may be about to go. */
export async function giveUpClient(api: AdminApi, client: RealmClient, signal: AbortSignal): Promise<void> {
  const { id, clientId, attributes, defaultScopes, optionalScopes } = client
  if (!isAdopted(client)) return api.delete(`/clients/${id}`, undefined, signal)
  for (const scope of await allScopes(api, signal)) {
    if (scopeOwners(scope.attributes).size === 0) continue
    const lists = { default: defaultScopes, optional: optionalScopes }
    for (const [list, names] of Object.entries(lists)) {
      if (!names.includes(scope.name)) continue
      await api.delete(`/clients/${id}/${list}-client-scopes/${scope.id}`, undefined, signal)
    }
  }
  const marks = Object.fromEntries(ownMarks(attributes).map((key) => [key, null]))
  await api.put(`/clients/${id}`, { clientId, attributes: marks }, signal)
}
