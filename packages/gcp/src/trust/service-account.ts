import { sleep } from '@federate/core'
import type { Change, Ownership, Resource } from '@federate/core/plan'
import type { AdminCall } from './admin-call.ts'
import type { GoogleObject } from './google-client.ts'
import { describedBy, isAdopted, markingOf, ownershipBy, releaseOf, withoutMark } from './marks.ts'
import { emailOf } from './names.ts'
import type { ProjectWork } from './project.ts'
import { change } from './shown.ts'

export interface ActualAccount {
  readonly email: string
  readonly description: string
}

export interface AccountIdentity {
  readonly owner: string
  readonly id: string
  readonly words: string
  readonly services: readonly string[]
}

/** How often a new account is looked for, a second apart. */
const patience = 30

export function readAccount(raw: GoogleObject | undefined): ActualAccount | undefined {
  if (raw === undefined) return undefined
  return { email: String(raw['email']), description: typeof raw['description'] === 'string' ? raw['description'] : '' }
}

/** There is nothing to wish of an account but that it is there. */
type DesiredAccount = Readonly<Record<string, never>>

export function accountAddress(project: string, id: string): string {
  return `gcp:${project}/service-account/${id}`
}

/** A service account that services become. */
export class ServiceAccountResource implements Resource<DesiredAccount, ActualAccount> {
  readonly address: string
  readonly label: string
  readonly dependsOn: readonly string[] = []
  readonly services: readonly string[]
  readonly #work: ProjectWork
  readonly #identity: AccountIdentity
  readonly #email: string

  constructor(work: ProjectWork, identity: AccountIdentity) {
    this.address = accountAddress(work.id, identity.id)
    this.label = `service account ${identity.id} in project ${work.id}`
    this.services = identity.services
    this.#work = work
    this.#identity = identity
    this.#email = emailOf(identity.id, work.id)
  }

  desired(): DesiredAccount {
    return {}
  }

  async read(signal: AbortSignal): Promise<ActualAccount | undefined> {
    return readAccount((await this.#work.state.accounts(signal)).get(this.#email))
  }

  async reread(signal: AbortSignal): Promise<ActualAccount | undefined> {
    return readAccount(await this.#work.client.find(this.#call('GET', 'get'), signal))
  }

  ownership({ description }: ActualAccount): Ownership {
    return ownershipBy(this.#identity.owner, description)
  }

  diff(_desired: DesiredAccount, actual: ActualAccount | undefined): Change[] {
    if (actual === undefined) {
      return [
        change('email', undefined, this.#email),
        change('description', undefined, describedBy(this.#identity.owner, this.#identity.words, undefined)),
      ]
    }
    return markingOf(this.#identity.owner, actual.description)
  }

  removal({ description }: ActualAccount): Change[] {
    if (isAdopted(description)) return releaseOf('account', description)
    return [change('email', this.#email, undefined)]
  }

  remains({ description }: ActualAccount): boolean {
    return isAdopted(description)
  }

  async create(_desired: DesiredAccount, signal: AbortSignal): Promise<ActualAccount> {
    const { id } = this.#identity
    const description = describedBy(this.#identity.owner, this.#identity.words, undefined)
    const call = this.#call('POST', 'create')
    const path = call.path.slice(0, call.path.lastIndexOf('/'))
    const body = { accountId: id, serviceAccount: { displayName: id, description } }
    await this.#work.client.call({ ...call, path, body }, signal)
    await this.#untilSeen(signal)
    return { email: this.#email, description }
  }

  /** IAM shows a new account everywhere only after some seconds, and its policy would be missing until then. */
  async #untilSeen(signal: AbortSignal): Promise<void> {
    for (let attempt = 0; attempt < patience; attempt++) {
      if ((await this.reread(signal)) !== undefined) return
      await sleep(1, signal)
    }
  }

  async update(_desired: DesiredAccount, actual: ActualAccount, signal: AbortSignal): Promise<ActualAccount> {
    return this.#describe(describedBy(this.#identity.owner, '', actual.description), signal)
  }

  async delete({ description }: ActualAccount, signal: AbortSignal): Promise<void> {
    if (isAdopted(description)) {
      await this.#describe(withoutMark(description), signal)
      return
    }
    await this.#work.client.call(this.#call('DELETE', 'delete'), signal)
  }

  async #describe(description: string, signal: AbortSignal): Promise<ActualAccount> {
    const body = { serviceAccount: { description }, updateMask: 'description' }
    await this.#work.client.call({ ...this.#call('PATCH', 'update'), body }, signal)
    return { email: this.#email, description }
  }

  #call(method: AdminCall['method'], verb: string): AdminCall {
    const { id: project } = this.#work
    const resource = `projects/${project}/serviceAccounts/${this.#email}`
    const permission = `iam.serviceAccounts.${verb}`
    return { api: 'iam', method, path: `v1/${resource}`, permission, resource, project }
  }
}
