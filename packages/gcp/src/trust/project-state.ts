import type { GoogleClient, GoogleObject } from './google-client.ts'

/**
 * What a project holds, read once for a whole plan: the number of calls grows with the number of our pools, and not with
 * that of services.
 */
export class ProjectState {
  readonly #client: GoogleClient
  readonly #project: string
  #pools: Promise<ReadonlyMap<string, GoogleObject>> | undefined
  #accounts: Promise<ReadonlyMap<string, GoogleObject>> | undefined
  readonly #providers = new Map<string, Promise<ReadonlyMap<string, GoogleObject>>>()

  constructor(client: GoogleClient, project: string) {
    this.#client = client
    this.#project = project
  }

  /** All pools by id, deleted ones too: their ids are taken. */
  pools(signal: AbortSignal): Promise<ReadonlyMap<string, GoogleObject>> {
    this.#pools ??= this.#list('workloadIdentityPools', 'iam.workloadIdentityPools.list', signal)
    return this.#pools
  }

  /** The providers of a pool by id, deleted ones too; none where there is no such pool. */
  async providers(pool: string, signal: AbortSignal): Promise<ReadonlyMap<string, GoogleObject>> {
    if (!(await this.pools(signal)).has(pool)) return new Map()
    const known = this.#providers.get(pool)
    if (known !== undefined) return known
    const path = `workloadIdentityPools/${pool}/providers`
    const read = this.#list(path, 'iam.workloadIdentityPoolProviders.list', signal)
    this.#providers.set(pool, read)
    return read
  }

  /** All service accounts by email address. */
  accounts(signal: AbortSignal): Promise<ReadonlyMap<string, GoogleObject>> {
    this.#accounts ??= this.#readAccounts(signal)
    return this.#accounts
  }

  async #list(path: string, permission: string, signal: AbortSignal): Promise<ReadonlyMap<string, GoogleObject>> {
    const resource = `projects/${this.#project}/locations/global/${path}`
    const query = '?showDeleted=true&pageSize=100'
    const call = {
      api: 'iam',
      method: 'GET',
      path: `v1/${resource}${query}`,
      permission,
      resource,
      project: this.#project,
    } as const
    const field = path.endsWith('/providers') ? 'workloadIdentityPoolProviders' : 'workloadIdentityPools'
    const found = await this.#client.list(call, field, signal)
    return new Map(found.map((one) => [String(one['name']).split('/').at(-1) ?? '', one]))
  }

  async #readAccounts(signal: AbortSignal): Promise<ReadonlyMap<string, GoogleObject>> {
    const resource = `projects/${this.#project}`
    const path = `v1/${resource}/serviceAccounts?pageSize=100`
    const permission = 'iam.serviceAccounts.list'
    const call = { api: 'iam', method: 'GET', path, permission, resource, project: this.#project } as const
    const found = await this.#client.list(call, 'accounts', signal)
    return new Map(found.map((one) => [String(one['email']), one]))
  }
}
