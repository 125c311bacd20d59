import type { ApiWish } from '@federate/core'
import type { RealmClient } from '../admin/representations.ts'
import { serviceAccountSubject } from '../service-account.ts'
import type { RealmState } from '../trust/realm-state.ts'
import type { Grants } from './key.ts'

/** What is looked at of a key: its client, what it was issued with, and the APIs of federate.yaml. */
export interface HeldRequest {
  readonly client: RealmClient
  readonly noted: Grants
  readonly apis: readonly ApiWish[]
}

/**
 * What a key has in the realm, whatever was noted: scopes and roles go with `destroy`, with a role that leaves
 * federate.yaml, and by hand.
 *
 * Roles are those of the account, asked by role: the number of requests hardly grows with the number of keys.
 */
export async function heldGrants(
  state: RealmState,
  { client, noted, apis }: HeldRequest,
  signal: AbortSignal,
): Promise<Grants> {
  const user = serviceAccountSubject(client.clientId)
  const scopes = [...client.defaultScopes, ...client.optionalScopes].filter((name) => !ofEveryKey.has(name))
  const held = scopes.map(async (scope): Promise<[string, readonly string[]]> => {
    const api = apis.find(({ audience }) => audience === scope)
    if (api === undefined) return [scope, []]
    const names = [...new Set([...api.roles, ...(noted.get(api.name) ?? [])])]
    const has = await Promise.all(names.map(async (name) => (await state.members(scope, name, signal)).has(user)))
    return [api.name, names.filter((_, index) => has[index])]
  })
  return new Map(await Promise.all(held))
}

const ofEveryKey: ReadonlySet<string> = new Set(['basic'])

/** Without those that the client itself keeps out of its tokens: one more request for each key with roles. */
export async function effectiveGrants(state: RealmState, request: HeldRequest, signal: AbortSignal): Promise<Grants> {
  const held = await heldGrants(state, request, signal)
  const hasRoles = [...held.values()].some((roles) => roles.length > 0)
  if (!hasRoles || request.client.flags.fullScopeAllowed) return held
  const letIn = await state.clientScopeRoles(request.client, signal)
  const audiences = new Map(request.apis.map(({ name, audience }) => [name, audience]))
  return new Map(
    [...held].map(([api, roles]) => {
      const own = letIn.get(audiences.get(api) ?? '') ?? []
      return [api, roles.filter((role) => own.includes(role))]
    }),
  )
}

/** What was noted and is not held: whole APIs, and roles of those that are held. */
export function missingGrants(noted: Grants, held: Grants): Grants {
  const missing = [...noted].flatMap(([api, roles]): [string, readonly string[]][] => {
    const has = held.get(api)
    if (has === undefined) return [[api, roles]]
    const lost = roles.filter((role) => !has.includes(role))
    return lost.length === 0 ? [] : [[api, lost]]
  })
  return new Map(missing)
}
