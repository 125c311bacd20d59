import { FederateError } from '@federate/core'
import { forEachLimited } from '@federate/core/plan'
import { ownerMark } from './marks.ts'
import {
  type ActualApplication,
  type ActualServicePrincipal,
  applicationFrom,
  credentialFrom,
  servicePrincipalFrom,
} from './objects.ts'
import type { AdminRequest, AdminRest } from './rest.ts'

const fields = 'id,appId,displayName,uniqueName,tags,signInAudience'
const permission = 'Application.ReadWrite.OwnedBy, or the role Application Developer'
// Graph takes fifteen values behind "in" (advanced query capabilities, limits of filters).
const valuesPerFilter = 15
const filtersAtOnce = 4

/** Applications and service principals of a tenant, read in bulk for a whole plan, and written one by one. */
export class Directory {
  readonly #rest: AdminRest
  readonly #owner: string
  readonly #names: readonly string[]
  #read: Promise<Map<string, ActualApplication>> | undefined
  #principals: Promise<Map<string, ActualServicePrincipal>> | undefined

  /** @param names the applications that federate.yaml wants: looked for although nobody has marked them yet. */
  constructor(rest: AdminRest, owner: string, names: readonly string[]) {
    this.#rest = rest
    this.#owner = owner
    this.#names = names
  }

  /** Those that bear the owner's mark, and those of the wanted names, by name. */
  applications(signal: AbortSignal): Promise<ReadonlyMap<string, ActualApplication>> {
    this.#read ??= this.#readApplications(signal)
    return this.#read
  }

  /** Of these applications, by application id. */
  servicePrincipals(signal: AbortSignal): Promise<ReadonlyMap<string, ActualServicePrincipal>> {
    this.#principals ??= this.#readServicePrincipals(signal)
    return this.#principals
  }

  async servicePrincipalOf(name: string, signal: AbortSignal): Promise<ActualServicePrincipal | undefined> {
    const application = (await this.applications(signal)).get(name)
    return application === undefined ? undefined : (await this.servicePrincipals(signal)).get(application.clientId)
  }

  /** An application with a service principal, by its application id, as it is now. */
  async clientById(clientId: string, signal: AbortSignal): Promise<ActualApplication | undefined> {
    const application = `/v1.0/applications(appId='${clientId}')?$select=${fields}&$expand=federatedIdentityCredentials`
    const principal = `/v1.0/servicePrincipals(appId='${clientId}')?$select=id,appId,tags`
    const [json, there] = await Promise.all([
      this.#send({ method: 'GET', path: application, action: `read application ${clientId}` }, signal),
      this.#send({ method: 'GET', path: principal, action: `read the service principal of ${clientId}` }, signal),
    ])
    return json === undefined || there === undefined ? undefined : applicationFrom(json)
  }

  /** One application as it is now, without asking what was read before. */
  async rereadApplication(name: string, signal: AbortSignal): Promise<ActualApplication | undefined> {
    const known = (await this.applications(signal)).get(name)
    const key = known === undefined ? `(uniqueName='${literal(name)}')` : `/${known.id}`
    const path = `/v1.0/applications${key}?$select=${fields}&$expand=federatedIdentityCredentials`
    const json = await this.#send({ method: 'GET', path, action: `read application ${name}` }, signal)
    const actual = json === undefined ? undefined : { ...applicationFrom(json), name }
    await this.#remember(name, actual, signal)
    return actual
  }

  async rereadServicePrincipal(name: string, signal: AbortSignal): Promise<ActualServicePrincipal | undefined> {
    const application = (await this.applications(signal)).get(name)
    if (application === undefined) return undefined
    const path = `/v1.0/servicePrincipals(appId='${application.clientId}')?$select=id,appId,tags`
    const json = await this.#send({ method: 'GET', path, action: `read the service principal of ${name}` }, signal)
    const actual = json === undefined ? undefined : servicePrincipalFrom(json)
    const principals = await this.#principalMap(signal)
    if (actual === undefined) principals.delete(application.clientId)
    else principals.set(application.clientId, actual)
    return actual
  }

  /** Upserts by name: a second run, or one that was interrupted, makes no second application. */
  async createApplication(name: string, body: Record<string, unknown>, signal: AbortSignal): Promise<void> {
    const path = `/v1.0/applications(uniqueName='${literal(name)}')`
    await this.#upsert(path, body, `create application ${name}`, signal)
  }

  async updateApplication({ id, name }: ActualApplication, body: Record<string, unknown>, signal: AbortSignal) {
    await this.#send(
      { method: 'PATCH', path: `/v1.0/applications/${id}`, json: body, action: `change application ${name}` },
      signal,
    )
  }

  async deleteApplication({ id, name }: ActualApplication, signal: AbortSignal): Promise<void> {
    await this.#send(
      { method: 'DELETE', path: `/v1.0/applications/${id}`, action: `delete application ${name}` },
      signal,
    )
    await this.#remember(name, undefined, signal)
  }

  async upsertServicePrincipal(clientId: string, tags: readonly string[], signal: AbortSignal): Promise<void> {
    const path = `/v1.0/servicePrincipals(appId='${clientId}')`
    await this.#upsert(path, { tags }, `make the service principal of ${clientId}`, signal)
  }

  async deleteServicePrincipal({ principalId, clientId }: ActualServicePrincipal, signal: AbortSignal): Promise<void> {
    const path = `/v1.0/servicePrincipals/${principalId}`
    await this.#send({ method: 'DELETE', path, action: `delete the service principal of ${clientId}` }, signal)
  }

  async upsertCredential(
    application: ActualApplication,
    name: string,
    body: Record<string, unknown>,
    signal: AbortSignal,
  ) {
    const path = `/v1.0/applications/${application.id}/federatedIdentityCredentials(name='${literal(name)}')`
    await this.#upsert(path, body, `write the federated credential ${name} of ${application.name}`, signal)
  }

  async deleteCredential(application: ActualApplication, name: string, signal: AbortSignal): Promise<void> {
    const path = `/v1.0/applications/${application.id}/federatedIdentityCredentials(name='${literal(name)}')`
    const action = `delete the federated credential ${name} of ${application.name}`
    await this.#send({ method: 'DELETE', path, action }, signal)
  }

  /** The credentials as they are now. */
  async credentialsOf(application: ActualApplication, signal: AbortSignal) {
    const path = `/v1.0/applications/${application.id}/federatedIdentityCredentials`
    const action = `read the federated credentials of ${application.name}`
    const items = await this.#rest.list({ api: 'graph', path, action, permission }, signal)
    return items.map(credentialFrom)
  }

  async #readApplications(signal: AbortSignal): Promise<Map<string, ActualApplication>> {
    const filters = [`tags/any(t:t eq '${quoted(ownerMark(this.#owner))}')`]
    for (let start = 0; start < this.#names.length; start += valuesPerFilter) {
      const names = this.#names.slice(start, start + valuesPerFilter).map((name) => `'${quoted(name)}'`)
      filters.push(`displayName in (${names.join(',')})`)
    }
    const byId = new Map<string, ActualApplication>()
    await forEachLimited(filters, filtersAtOnce, async (filter) => {
      const query = `$filter=${encodeURIComponent(filter)}&$select=${fields}&$expand=federatedIdentityCredentials`
      const request = { path: `/v1.0/applications?${query}`, action: 'list applications' }
      for (const json of await this.#rest.list({ api: 'graph', permission, ...request }, signal)) {
        const application = applicationFrom(json)
        byId.set(application.id, application)
      }
    })
    return byName([...byId.values()], this.#names)
  }

  async #readServicePrincipals(signal: AbortSignal): Promise<Map<string, ActualServicePrincipal>> {
    const ids = [...(await this.applications(signal)).values()].map(({ clientId }) => `'${clientId}'`)
    const groups: string[] = []
    for (let start = 0; start < ids.length; start += valuesPerFilter)
      groups.push(ids.slice(start, start + valuesPerFilter).join(','))
    const found = new Map<string, ActualServicePrincipal>()
    await forEachLimited(groups, filtersAtOnce, async (group) => {
      const query = `$filter=${encodeURIComponent(`appId in (${group})`)}&$select=id,appId,tags`
      const request = { path: `/v1.0/servicePrincipals?${query}`, action: 'list service principals' }
      for (const json of await this.#rest.list({ api: 'graph', permission, ...request }, signal)) {
        const principal = servicePrincipalFrom(json)
        found.set(principal.clientId, principal)
      }
    })
    return found
  }

  async #principalMap(signal: AbortSignal): Promise<Map<string, ActualServicePrincipal>> {
    this.#principals ??= this.#readServicePrincipals(signal)
    return this.#principals
  }

  async #remember(name: string, actual: ActualApplication | undefined, signal: AbortSignal): Promise<void> {
    this.#read ??= this.#readApplications(signal)
    const applications = await this.#read
    if (actual === undefined) applications.delete(name)
    else applications.set(name, actual)
  }

  async #upsert(path: string, json: Record<string, unknown>, action: string, signal: AbortSignal): Promise<void> {
    await this.#send({ method: 'PATCH', path, json, headers: { prefer: 'create-if-missing' }, action }, signal)
  }

  #send(request: Omit<AdminRequest, 'api' | 'permission'>, signal: AbortSignal) {
    return this.#rest.send({ api: 'graph', permission, ...request }, signal)
  }
}

/** An application that is marked, or has the unique name, is meant before one that only displays the name. */
function byName(found: readonly ActualApplication[], wanted: readonly string[]): Map<string, ActualApplication> {
  const applications = new Map<string, ActualApplication>()
  for (const name of new Set([...wanted, ...found.map((one) => one.name)])) {
    const candidates = found.filter((one) => one.name === name)
    const marked = candidates.filter(({ tags }) => tags.some((tag) => tag.startsWith('federate:owner=')))
    const [first, second] = marked.length > 0 ? marked : candidates
    if (second !== undefined) throw ambiguous(name, marked.length > 0 ? marked : candidates)
    if (first !== undefined) applications.set(name, first)
  }
  return applications
}

function ambiguous(name: string, candidates: readonly ActualApplication[]): FederateError {
  const ids = candidates.map(({ clientId }) => clientId).join(', ')
  return new FederateError({
    code: 'AZURE_APPLICATION_AMBIGUOUS',
    outcome: 'usage',
    problem: `The tenant has ${candidates.length} applications that are called ${name} (${ids}), and it cannot be told which is meant.`,
    next: 'Choose another name in federate.yaml, or rename or delete the others.',
    details: { name, clientIds: candidates.map(({ clientId }) => clientId) },
  })
}

/** A text within OData's single quotes, in a path. */
function literal(value: string): string {
  return encodeURIComponent(quoted(value))
}

function quoted(value: string): string {
  return value.replaceAll("'", "''")
}
