import { FederateError } from '@federate/core'
import type { Change, Ownership, Resource } from '@federate/core/plan'
import type { AdminCall } from './admin-call.ts'
import type { GoogleObject } from './google-client.ts'
import { describedBy, isAdopted, markingOf, ownershipBy, releaseOf, withoutMark } from './marks.ts'
import type { ProjectWork } from './project.ts'
import { change, changeIf } from './shown.ts'

export interface ActualPool {
  readonly description: string
  readonly disabled: boolean
  /** Google keeps a deleted pool for 30 days; its id is taken, and it can be brought back. */
  readonly deleted: boolean
}

export interface PoolIdentity {
  readonly owner: string
  readonly id: string
  /** For people who find it. */
  readonly words: string
  readonly services: readonly string[]
}

/** There is nothing to wish of a pool but that it serves. */
type DesiredPool = Readonly<Record<string, never>>

export function poolAddress(project: string, pool: string): string {
  return `gcp:${project}/pool/${pool}`
}

export function readPool(raw: GoogleObject): ActualPool {
  return {
    description: typeof raw['description'] === 'string' ? raw['description'] : '',
    disabled: raw['disabled'] === true,
    deleted: raw['state'] === 'DELETED',
  }
}

/** A workload identity pool: the name space of one owner's services at one issuer. */
export class PoolResource implements Resource<DesiredPool, ActualPool> {
  readonly address: string
  readonly label: string
  readonly dependsOn: readonly string[] = []
  readonly services: readonly string[]
  readonly #work: ProjectWork
  readonly #identity: PoolIdentity

  constructor(work: ProjectWork, identity: PoolIdentity) {
    this.address = poolAddress(work.id, identity.id)
    this.label = `workload identity pool ${identity.id} in project ${work.id}`
    this.services = identity.services
    this.#work = work
    this.#identity = identity
  }

  desired(): DesiredPool {
    return {}
  }

  async read(signal: AbortSignal): Promise<ActualPool | undefined> {
    const raw = (await this.#work.state.pools(signal)).get(this.#identity.id)
    return raw === undefined ? undefined : readPool(raw)
  }

  async reread(signal: AbortSignal): Promise<ActualPool | undefined> {
    const raw = await this.#work.client.find(this.#call('GET', 'get'), signal)
    return raw === undefined ? undefined : readPool(raw)
  }

  ownership({ description }: ActualPool): Ownership {
    return ownershipBy(this.#identity.owner, description)
  }

  diff(_desired: DesiredPool, actual: ActualPool | undefined): Change[] {
    if (actual === undefined)
      return [change('description', undefined, describedBy(this.#identity.owner, this.#identity.words, undefined))]
    return [
      ...changeIf(actual.deleted, 'state', 'DELETED', 'ACTIVE'),
      ...changeIf(actual.disabled, 'disabled', true, false),
      ...markingOf(this.#identity.owner, actual.description),
    ]
  }

  removal(actual: ActualPool): Change[] {
    if (isAdopted(actual.description)) return releaseOf('pool', actual.description)
    const meaning =
      'for 30 days it can be brought back; its federated tokens grant nothing meanwhile, and those of service accounts live on until they expire'
    return [change('state', 'ACTIVE', `DELETED (${meaning})`)]
  }

  remains({ description }: ActualPool): boolean {
    return isAdopted(description)
  }

  async create(_desired: DesiredPool, signal: AbortSignal): Promise<ActualPool> {
    const { id } = this.#identity
    const description = describedBy(this.#identity.owner, this.#identity.words, undefined)
    const call = this.#call('POST', 'create', `?workloadIdentityPoolId=${id}`)
    await this.#work.client.operate({ ...call, path: call.path.replace(`/${id}?`, '?'), body: { description } }, signal)
    return { description, disabled: false, deleted: false }
  }

  async update(_desired: DesiredPool, actual: ActualPool, signal: AbortSignal): Promise<ActualPool> {
    if (actual.deleted) await this.#work.client.operate(this.#call('POST', 'undelete', ':undelete'), signal)
    const description = describedBy(this.#identity.owner, '', actual.description)
    if (description !== actual.description || actual.disabled)
      await this.#patch({ description, disabled: false }, signal)
    return { description, disabled: false, deleted: false }
  }

  async delete(actual: ActualPool, signal: AbortSignal): Promise<void> {
    if (isAdopted(actual.description)) {
      return this.#patch({ description: withoutMark(actual.description), disabled: actual.disabled }, signal)
    }
    const { client, id: project } = this.#work
    const call = this.#call('GET', 'list', '/providers')
    const left = await client.list(
      { ...call, permission: 'iam.workloadIdentityPoolProviders.list' },
      'workloadIdentityPoolProviders',
      signal,
    )
    if (left.length > 0) throw notEmpty(this.#identity.id, project, left)
    await client.operate(this.#call('DELETE', 'delete'), signal)
  }

  async #patch(body: { readonly description: string; readonly disabled: boolean }, signal: AbortSignal): Promise<void> {
    const call = this.#call('PATCH', 'update', '?updateMask=description,disabled')
    await this.#work.client.operate({ ...call, body }, signal)
  }

  #call(method: AdminCall['method'], verb: string, suffix = ''): AdminCall {
    const resource = `projects/${this.#work.id}/locations/global/workloadIdentityPools/${this.#identity.id}`
    const permission = `iam.workloadIdentityPools.${verb}`
    return { api: 'iam', method, path: `v1/${resource}${suffix}`, permission, resource, project: this.#work.id }
  }
}

function notEmpty(pool: string, project: string, left: readonly GoogleObject[]): FederateError {
  const names = left.map((provider) => String(provider['name']).split('/').at(-1))
  return new FederateError({
    code: 'GCP_POOL_NOT_EMPTY',
    outcome: 'failed',
    problem: `The pool ${pool} in project ${project} still has ${names.length} provider(s) that are not ours: ${names.join(', ')}. It was not deleted.`,
    next: 'Ask who made them, delete them, and run the command again.',
    details: { pool, providers: names },
  })
}
