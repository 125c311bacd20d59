import type { RealmClient } from '../admin/representations.ts'
import { keyOwnerMark } from '../keys/key-attributes.ts'
import { serviceAccountSubject } from '../service-account.ts'
import { ownerMark } from './marks.ts'
import type { RealmState } from './realm-state.ts'

type Kind = 'key' | 'client' | 'user'

/** Somebody who is not in federate.yaml, and has what may go. */
export interface Dependent {
  readonly kind: Kind
  readonly name: string
}

/** Who has one of these roles, beside the owner's own clients: those lose it by their own step of the plan. */
export async function dependentsOnRoles(
  state: RealmState,
  owner: string,
  { clientId, roles }: { readonly clientId: string; readonly roles: readonly string[] },
  signal: AbortSignal,
): Promise<readonly Dependent[]> {
  const members = await Promise.all(roles.map((role) => state.members(clientId, role, signal)))
  const clients = [...(await state.clients(signal)).values()]
  const accounts = new Map(clients.map((client) => [serviceAccountSubject(client.clientId), client]))
  const users = new Set(members.flatMap((names) => [...names]))
  return [...users].flatMap((name) => {
    const client = accounts.get(name)
    return client === undefined ? [{ kind: 'user', name }] : dependentClient(client, owner)
  })
}

/** Which clients have a scope, beside the owner's own. */
export async function dependentsOnScope(
  state: RealmState,
  owner: string,
  scope: string,
  signal: AbortSignal,
): Promise<readonly Dependent[]> {
  const clients = [...(await state.clients(signal)).values()]
  return clients
    .filter(({ defaultScopes, optionalScopes }) => defaultScopes.includes(scope) || optionalScopes.includes(scope))
    .flatMap((client) => dependentClient(client, owner))
}

function dependentClient({ clientId, attributes }: RealmClient, owner: string): Dependent[] {
  if (attributes[ownerMark] === owner) return []
  return [{ kind: attributes[keyOwnerMark] === undefined ? 'client' : 'key', name: clientId }]
}

/** The sentence that says who loses what; undefined where nobody does. */
export function lossText(dependents: readonly Dependent[], what: string): string | undefined {
  if (dependents.length === 0) return undefined
  const kinds: readonly Kind[] = ['key', 'client', 'user']
  const groups = kinds.flatMap((kind) => {
    const names = dependents.filter((one) => one.kind === kind).map(({ name }) => name)
    return names.length === 0 ? [] : [`${kind}${names.length === 1 ? '' : 's'} ${listed(names)}`]
  })
  return `Others, of whom federate.yaml says nothing, lose ${what}: ${groups.join('; ')}.`
}

const mostListed = 20

function listed(names: readonly string[]): string {
  const shown = [...names].sort().slice(0, mostListed)
  return [...shown, ...(names.length > shown.length ? [`${names.length - shown.length} more`] : [])].join(', ')
}
