import { createHash } from 'node:crypto'
import type { Change, Outputs, Ownership, Resource } from '@federate/core/plan'
import type { RoleWish } from '../target.ts'
import { assignmentAddress } from './addresses.ts'
import { description, ownerInDescription } from './marks.ts'
import { found } from './not-there-yet.ts'
import type { ActualAssignment } from './objects.ts'
import { patiently } from './patience.ts'
import type { RoleLookup } from './role-lookup.ts'
import { added, changed, removed } from './shown.ts'
import type { Tenant } from './tenant.ts'

/** Who gets the role. */
export interface AssignedPrincipal {
  /** The address of the parent, which the assignment's own begins with. */
  readonly parent: string
  /** The address of what must exist before. */
  readonly address: string
  readonly label: string
  read(signal: AbortSignal): Promise<{ readonly principalId: string } | undefined>
}

export interface DesiredAssignment extends RoleWish {
  /** Unknown before the principal exists. */
  readonly principalId: string | undefined
  readonly description: string
}

/** A role that services have in a scope. */
export class RoleAssignmentResource implements Resource<DesiredAssignment, ActualAssignment> {
  readonly address: string
  readonly label: string
  readonly dependsOn: readonly string[]
  readonly services: readonly string[]
  readonly #tenant: Tenant
  readonly #principal: AssignedPrincipal
  readonly #wish: RoleWish
  readonly #roles: RoleLookup

  constructor(
    tenant: Tenant,
    principal: AssignedPrincipal,
    wish: RoleWish,
    { roles, services }: { roles: RoleLookup; services: readonly string[] },
  ) {
    this.address = assignmentAddress(principal.parent, wish.role, wish.scope)
    this.label = `role ${wish.role} of ${principal.label} in ${wish.scope}`
    this.dependsOn = [principal.address]
    this.services = services
    this.#tenant = tenant
    this.#principal = principal
    this.#wish = wish
    this.#roles = roles
  }

  desired(outputs: Outputs): DesiredAssignment {
    const principalId = principalIn(outputs.get(this.#principal.address))
    return { ...this.#wish, principalId, description: description(this.#tenant.owner, this.services) }
  }

  /** By what it gives, not by its id: one that others made would be in our way. */
  async read(signal: AbortSignal): Promise<ActualAssignment | undefined> {
    const roleId = await this.#roles.roleId(this.#wish.role, this.#wish.scope, signal)
    const principal = await this.#principal.read(signal)
    if (principal === undefined) return undefined
    const all = await this.#tenant.resourceManager.assignments(signal)
    const scope = this.#wish.scope.toLowerCase()
    return [...all.values()].find(
      (one) => one.principalId === principal.principalId && one.roleId === roleId && one.scope.toLowerCase() === scope,
    )
  }

  async reread(signal: AbortSignal): Promise<ActualAssignment | undefined> {
    const known = (await this.read(signal))?.id ?? (await this.#path(signal))
    return known === undefined ? undefined : this.#tenant.resourceManager.readAssignment(known, signal)
  }

  ownership(actual: ActualAssignment): Ownership {
    const owner = ownerInDescription(actual.description)
    if (owner === undefined) return 'unmarked'
    return owner === this.#tenant.owner ? 'ours' : 'others'
  }

  diff(desired: DesiredAssignment, actual: ActualAssignment | undefined): Change[] {
    if (actual !== undefined) return [...changed('description', actual.description, desired.description)]
    const { principalId } = desired
    const after: Change['after'] =
      principalId === undefined
        ? { kind: 'unknown', from: this.#principal.address }
        : { kind: 'value', value: principalId }
    return [added('role', desired.role), added('scope', desired.scope), { field: 'principal', after }]
  }

  removal({ principalId, scope }: ActualAssignment): Change[] {
    return [removed('role', this.#wish.role), removed('scope', scope), removed('principal', principalId)]
  }

  async create(desired: DesiredAssignment, signal: AbortSignal): Promise<ActualAssignment> {
    const path = await found(this.#path(signal), this.#principal.label)
    await this.#put(path, desired, signal)
    const { rest, resourceManager } = this.#tenant
    const read = () => found(resourceManager.readAssignment(path, signal), this.label)
    return patiently(`read the ${this.label}`, read, rest.patience(signal))
  }

  async update(desired: DesiredAssignment, actual: ActualAssignment, signal: AbortSignal): Promise<ActualAssignment> {
    await this.#put(actual.id, desired, signal)
    return { ...actual, description: desired.description }
  }

  async delete(actual: ActualAssignment, signal: AbortSignal): Promise<void> {
    await this.#tenant.resourceManager.deleteAssignment(actual.id, signal)
  }

  /** PrincipalNotFound for the first minutes of a new principal passes by itself; `principalType` shortens them. */
  async #put(path: string, desired: DesiredAssignment, signal: AbortSignal): Promise<void> {
    const roleId = await this.#roles.roleId(desired.role, desired.scope, signal)
    const subscription = /^\/subscriptions\/[^/]+/.exec(desired.scope)?.[0] ?? ''
    const properties = {
      roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`,
      principalId: desired.principalId,
      principalType: 'ServicePrincipal',
      description: desired.description,
    }
    await this.#tenant.resourceManager.putAssignment(path, properties, signal)
  }

  /** The same id at every run, so that an interrupted one is continued and not repeated. */
  async #path(signal: AbortSignal): Promise<string | undefined> {
    const principal = await this.#principal.read(signal)
    if (principal === undefined) return undefined
    const { role, scope } = this.#wish
    const roleId = await this.#roles.roleId(role, scope, signal)
    const id = uuidOf(`${scope.toLowerCase()}|${principal.principalId}|${roleId}`)
    return `${scope}/providers/Microsoft.Authorization/roleAssignments/${id}`
  }
}

function principalIn(actual: unknown): string | undefined {
  const id = typeof actual === 'object' && actual !== null && 'principalId' in actual ? actual.principalId : undefined
  return typeof id === 'string' ? id : undefined
}

/** A name-based UUID (RFC 9562 section 5.5) in a namespace of our own. */
export function uuidOf(name: string): string {
  const namespace = Buffer.from('7d1c3d5b6b0e4c0f9d0f3b2f5a8e9c41', 'hex')
  const hash = createHash('sha1').update(namespace).update(name).digest().subarray(0, 16)
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6)
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8)
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
