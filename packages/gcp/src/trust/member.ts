import type { Change, Ownership, Resource } from '@federate/core/plan'
import type { PolicyPlace } from './policies.ts'
import type { ProjectWork } from './project.ts'
import { change } from './shown.ts'

export interface Grant {
  readonly place: PolicyPlace
  readonly role: string
  readonly member: string
}

export interface MemberIdentity extends Grant {
  readonly dependsOn: readonly string[]
  readonly services: readonly string[]
}

type Present = Readonly<Record<string, never>>

export function memberAddress({ place, role, member }: Grant): string {
  return `gcp:${place.resource}/${role}/${member}`
}

/** One member in one binding of an IAM policy; all else in the policy is others'. The member's name says that it is ours. */
export class MemberResource implements Resource<Present, Present> {
  readonly address: string
  readonly label: string
  readonly dependsOn: readonly string[]
  readonly services: readonly string[]
  /** Two writes of one policy at the same time would only have to be tried again. */
  readonly lane: string
  readonly #work: ProjectWork
  readonly #grant: Grant

  constructor(work: ProjectWork, { dependsOn, services, ...grant }: MemberIdentity) {
    this.address = memberAddress(grant)
    this.label = `${grant.role} on ${grant.place.label} for ${shortMember(grant.member)}`
    this.dependsOn = dependsOn
    this.services = services
    this.lane = grant.place.path
    this.#work = work
    this.#grant = grant
  }

  desired(): Present {
    return {}
  }

  async read(signal: AbortSignal): Promise<Present | undefined> {
    const { place, role, member } = this.#grant
    if (await this.#unborn(signal)) return undefined
    return (await this.#work.policies.has(place, role, member, signal)) ? {} : undefined
  }

  async reread(signal: AbortSignal): Promise<Present | undefined> {
    const { place, role, member } = this.#grant
    return (await this.#work.policies.hasNow(place, role, member, signal)) ? {} : undefined
  }

  ownership(): Ownership {
    return 'ours'
  }

  diff(_desired: Present, actual: Present | undefined): Change[] {
    if (actual !== undefined) return []
    return [change('role', undefined, this.#grant.role), change('member', undefined, this.#grant.member)]
  }

  removal(): Change[] {
    return [change('role', this.#grant.role, undefined), change('member', this.#grant.member, undefined)]
  }

  async create(_desired: Present, signal: AbortSignal): Promise<Present> {
    const { place, role, member } = this.#grant
    await this.#work.policies.add(place, role, member, signal)
    return {}
  }

  async update(): Promise<Present> {
    return {}
  }

  async delete(_actual: Present, signal: AbortSignal): Promise<void> {
    const { place, role, member } = this.#grant
    await this.#work.policies.remove(place, role, member, signal)
  }

  /** Of an account that is yet to be made there is no policy, and Google would say that we may not read it. */
  async #unborn(signal: AbortSignal): Promise<boolean> {
    const { account } = this.#grant.place
    return account !== undefined && !(await this.#work.state.accounts(signal)).has(account)
  }
}

/** The part of a member that tells it from the others of its pool. */
function shortMember(member: string): string {
  return member.replace(/^principal(?:Set)?:\/\/.*\/workloadIdentityPools\//, '')
}
