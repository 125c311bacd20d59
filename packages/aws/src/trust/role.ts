import { FederateError } from '@federate/core'
import type { Change, Ownership, Resource } from '@federate/core/plan'
import type { AccountState } from './account-state.ts'
import { type ActualRole, readRole, readSessionDuration } from './actual-role.ts'
import { roleAddress, roleArn } from './addresses.ts'
import type { Administrator } from './iam.ts'
import { isAdopted, releasedTags, roleOwner } from './marks.ts'
import {
  type DesiredRole,
  describeNewRole,
  describeRoleChanges,
  describeRoleRemoval,
  roleChanges,
} from './role-changes.ts'
import { RoleWriter } from './role-writer.ts'

export interface RoleIdentity {
  readonly owner: string
  readonly name: string
  /** The path that a new role gets; one that is there keeps its own. */
  readonly path: string
  readonly description: string
  readonly dependsOn: readonly string[]
  readonly services: readonly string[]
}

/** The role that one target's service may take. */
export class RoleResource implements Resource<DesiredRole, ActualRole> {
  readonly address: string
  readonly label: string
  readonly dependsOn: readonly string[]
  readonly services: readonly string[]
  readonly #by: Administrator
  readonly #state: AccountState
  readonly #identity: RoleIdentity
  readonly #wish: DesiredRole

  constructor(by: Administrator, state: AccountState, identity: RoleIdentity, wish: DesiredRole) {
    this.address = roleAddress(by.account, identity.name)
    this.label = `IAM role ${identity.name} in account ${by.account}`
    this.dependsOn = identity.dependsOn
    this.services = identity.services
    this.#by = by
    this.#state = state
    this.#identity = identity
    this.#wish = wish
  }

  desired(): DesiredRole {
    return this.#wish
  }

  async read(signal: AbortSignal): Promise<ActualRole | undefined> {
    const { name } = this.#identity
    const roles = await this.#state.roles(signal)
    const role = roles.get(name)
    if (role === undefined) refuseOtherCase(name, [...roles.keys()], this.#by.account)
    if (role === undefined || role.maxSessionDuration !== undefined) return role
    return { ...role, maxSessionDuration: await readSessionDuration(this.#by, name, signal) }
  }

  reread(signal: AbortSignal): Promise<ActualRole | undefined> {
    return readRole(this.#by, this.#identity.name, signal)
  }

  ownership(actual: ActualRole): Ownership {
    const owner = roleOwner(actual.tags)
    if (owner === undefined) return 'unmarked'
    return owner === this.#identity.owner ? 'ours' : 'others'
  }

  diff(desired: DesiredRole, actual: ActualRole | undefined): Change[] {
    return actual === undefined ? describeNewRole(this.#identity.path, desired) : describeRoleChanges(desired, actual)
  }

  removal(actual: ActualRole): Change[] {
    return describeRoleRemoval(actual)
  }

  remains({ tags }: ActualRole): boolean {
    return isAdopted(tags)
  }

  /** The marks come with the role itself, so that an interruption right after leaves one that is known as ours. */
  async create(desired: DesiredRole, signal: AbortSignal): Promise<ActualRole> {
    const { name, path, description } = this.#identity
    const arn = roleArn(this.#by, path, name)
    const writer = new RoleWriter(this.#by, name, arn, signal)
    await writer.create(path, description, desired)
    await writer.attach(desired.policies)
    await writer.putInline(Object.keys(desired.inlinePolicies), desired.inlinePolicies)
    return { ...desired, arn, name, path, policies: [...desired.policies].sort() }
  }

  /** Takes before it gives: at no moment may anybody do more than before or after, and no new subject what the old one could. */
  async update(desired: DesiredRole, actual: ActualRole, signal: AbortSignal): Promise<ActualRole> {
    const writer = new RoleWriter(this.#by, actual.name, actual.arn, signal)
    const changes = roleChanges(desired, actual)
    const boundary = desired.permissionsBoundary
    await writer.tag(changes.tag)
    if (changes.boundary && boundary !== undefined) await writer.setBoundary(boundary)
    await writer.detach(changes.detach)
    await writer.deleteInline(changes.deleteInline)
    if (changes.trustPolicy) await writer.setTrustPolicy(desired.trustPolicy)
    if (changes.boundary && boundary === undefined) await writer.removeBoundary()
    await writer.attach(changes.attach)
    await writer.putInline(changes.putInline, desired.inlinePolicies)
    if (changes.maxSessionDuration) await writer.setMaxSessionDuration(desired.maxSessionDuration)
    await writer.untag(changes.untag)
    return (await this.reread(signal)) ?? actual
  }

  /** Takes our marks off a role that was there before us; it stays as it is. */
  async #release(actual: ActualRole, signal: AbortSignal): Promise<void> {
    const writer = new RoleWriter(this.#by, actual.name, actual.arn, signal)
    // The owner's mark goes with the others in one call: an interruption leaves all or none.
    await writer.untag(releasedTags(actual.tags))
  }

  /** The role goes last: while it is there, it is found by its mark, and another run continues. */
  async delete(actual: ActualRole, signal: AbortSignal): Promise<void> {
    if (isAdopted(actual.tags)) return this.#release(actual, signal)
    const writer = new RoleWriter(this.#by, actual.name, actual.arn, signal)
    await writer.detach(actual.policies)
    await writer.deleteInline(Object.keys(actual.inlinePolicies))
    await writer.delete()
  }
}

/** IAM does not tell names apart by case, and would refuse to create the role. */
function refuseOtherCase(name: string, present: readonly string[], account: string): void {
  const other = present.find((one) => one.toLowerCase() === name.toLowerCase())
  if (other === undefined) return
  throw new FederateError({
    code: 'AWS_ROLE_CASE',
    outcome: 'usage',
    problem: `federate.yaml wants the role ${name}, and account ${account} has the role ${other}: IAM ignores case in names.`,
    next: `Write ${other} in federate.yaml to mean that role, or choose another name.`,
    details: { expected: name, actual: other, account },
  })
}
