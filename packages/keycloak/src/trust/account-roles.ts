import { clientScopeRoles, userRoles } from '../admin/realm.ts'
import type { RealmClient } from '../admin/representations.ts'
import { serviceAccountSubject } from '../service-account.ts'
import { type Roles, union } from '../token-roles.ts'
import type { ActualClient } from './client-changes.ts'
import type { DesiredClient } from './desired-client.ts'
import { givenRoles } from './marks.ts'
import type { RealmState } from './realm-state.ts'

type RolesOfClient = Pick<ActualClient, 'roles' | 'scopeRoles'>

/**
 * The roles of a client's service account, as far as they matter, from lists of who has which role: the number of
 * requests grows with the roles, not with the services.
 */
export async function accountRoles(
  state: RealmState,
  desired: DesiredClient,
  client: RealmClient,
  signal: AbortSignal,
): Promise<RolesOfClient> {
  if (!client.flags.serviceAccountsEnabled) return { roles: new Map(), scopeRoles: new Map() }
  const [roles, scopeRoles] = await Promise.all([
    heldRoles(state, desired, client, signal),
    ownScope(desired, client, () => state.clientScopeRoles(client, signal)),
  ])
  return { roles, scopeRoles }
}

async function heldRoles(
  state: RealmState,
  desired: DesiredClient,
  client: RealmClient,
  signal: AbortSignal,
): Promise<Roles> {
  const user = serviceAccountSubject(client.clientId)
  const has = async (owner: string, role: string) => (await state.members(owner, role, signal)).has(user)
  const relevant = [...union(desired.relevantRoles, givenRoles(client.attributes))]
  const roles = await Promise.all(
    relevant.map(async ([owner, names]) => {
      const held = await Promise.all(names.map(async (name) => ((await has(owner, name)) ? [name] : [])))
      return [owner, held.flat()] as const
    }),
  )
  return new Map(roles.filter(([, names]) => names.length > 0))
}

/** The same, asked afresh of the one service account. */
export async function currentAccountRoles(
  { api, ids }: RealmState,
  desired: DesiredClient,
  client: RealmClient,
  signal: AbortSignal,
): Promise<RolesOfClient> {
  const relevant = union(desired.relevantRoles, givenRoles(client.attributes))
  if (relevant.size === 0 || !client.flags.serviceAccountsEnabled) return { roles: new Map(), scopeRoles: new Map() }
  const all = await userRoles(api, await ids.account(client.id, signal), signal)
  const roles = [...relevant].map(
    ([owner, names]) => [owner, names.filter((name) => all.get(owner)?.includes(name))] as const,
  )
  return {
    roles: new Map(roles.filter(([, names]) => names.length > 0)),
    scopeRoles: await ownScope(desired, client, () => clientScopeRoles(api, client.id, signal)),
  }
}

/** Asked for only where the client lets roles in, or did. */
async function ownScope(desired: DesiredClient, client: RealmClient, ask: () => Promise<Roles>): Promise<Roles> {
  return desired.roles.size > 0 || givenRoles(client.attributes).size > 0 ? ask() : new Map()
}
