import { FederateError } from '@federate/core'
import type { RealmRole } from '../admin/representations.ts'
import { ofRealm, type Roles } from '../token-roles.ts'
import type { RealmState } from './realm-state.ts'

/** Roles with all that they bring along. */
export interface ExpandedRoles {
  readonly roles: Roles
  /** What could not be looked at, for people. */
  readonly unknown: readonly string[]
}

/**
 * Adds what composites among some roles bring along, and what is in those in turn. Keycloak does so with the roles of an
 * account and with those that a scope lets through, before it takes what is in both (`RoleUtils.expandCompositeRoles`).
 */
export async function withComposites(roles: Roles, state: RealmState, signal: AbortSignal): Promise<ExpandedRoles> {
  const found = new Map<string, Set<string>>()
  const unknown: string[] = []
  const visit = async (owner: string, { id, name, composite }: RealmRole): Promise<void> => {
    const names = found.get(owner) ?? new Set()
    // Composites may hold each other.
    if (names.has(name)) return
    found.set(owner, names.add(name))
    if (!composite) return
    for (const part of await state.compositesOf(id, signal)) await visit(part.owner, part.role)
  }
  for (const [owner, names] of roles) {
    const there = await rolesInSight(owner, state, signal)
    if (there === undefined) unknown.push(unseen(owner))
    // A role that is still to be made is no composite.
    const role = (name: string) => there?.find((one) => one.name === name) ?? { ...plain, name }
    for (const name of names) await visit(owner, role(name))
  }
  return { roles: new Map([...found].map(([owner, names]) => [owner, [...names].sort()])), unknown }
}

const plain: RealmRole = { id: '', name: '', attributes: {}, composite: false }

/** Undefined where the administrator may not look: somebody else put these roles there, and the plan can do without. */
async function rolesInSight(owner: string, state: RealmState, signal: AbortSignal) {
  try {
    return await state.roles(owner, signal)
  } catch (error) {
    if (error instanceof FederateError && error.code === 'KEYCLOAK_FORBIDDEN') return undefined
    throw error
  }
}

function unseen(owner: string): string {
  const whose = owner === ofRealm ? 'the realm' : `the client ${owner}`
  return `Whether roles of ${whose} bring others along is not known: this administrator may not see them.`
}
