import { forEachLimited } from '@federate/core/plan'
import type { FederatedCredential } from '../rules/index.ts'
import type { ManagedIdentity } from '../target.ts'
import { ownerIn } from './marks.ts'
import {
  type ActualAssignment,
  type ActualIdentity,
  assignmentFrom,
  credentialFrom,
  identityFrom,
  text,
} from './objects.ts'
import type { AdminRequest, AdminRest } from './rest.ts'

const identityVersion = 'api-version=2024-11-30'
const roleVersion = 'api-version=2022-04-01'
const readsAtOnce = 8
const identityPermission = 'the role Managed Identity Contributor in the resource group'
const rolePermission = 'the role Role Based Access Control Administrator in the scope'

/** The path of a managed identity. Resource Manager ignores case in it. */
export function identityPath({ subscription, resourceGroup, name }: Omit<ManagedIdentity, 'location'>): string {
  return `/subscriptions/${subscription}/resourceGroups/${resourceGroup}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`
}

/** Managed identities and role assignments of a tenant's subscriptions, read in bulk for a whole plan. */
export class ResourceManager {
  readonly #rest: AdminRest
  readonly #owner: string
  readonly #wanted: ReadonlySet<string>
  readonly #subscriptions: readonly string[]
  readonly #scopes: readonly string[]
  #identities: Promise<Map<string, ActualIdentity>> | undefined
  #assignments: Promise<Map<string, ActualAssignment>> | undefined

  /**
   * @param where `identities`: the paths that federate.yaml wants; `subscriptions`: where ours may be; `scopes`: where
   *   role assignments are looked for.
   */
  constructor(
    rest: AdminRest,
    owner: string,
    where: { identities: readonly string[]; subscriptions: readonly string[]; scopes: readonly string[] },
  ) {
    this.#rest = rest
    this.#owner = owner
    this.#wanted = new Set(where.identities.map((path) => path.toLowerCase()))
    this.#subscriptions = where.subscriptions
    this.#scopes = where.scopes
  }

  /** Ours and the wanted ones, by path in small letters. */
  identities(signal: AbortSignal): Promise<Map<string, ActualIdentity>> {
    this.#identities ??= this.#readIdentities(signal)
    return this.#identities
  }

  async identity(path: string, signal: AbortSignal): Promise<ActualIdentity | undefined> {
    return (await this.identities(signal)).get(path.toLowerCase())
  }

  async rereadIdentity(path: string, signal: AbortSignal): Promise<ActualIdentity | undefined> {
    const json = await this.#send(
      { method: 'GET', path: `${path}?${identityVersion}`, action: 'read identity', permission: identityPermission },
      signal,
    )
    const actual = json === undefined ? undefined : identityFrom(json, await this.credentialsOf(path, signal))
    const identities = await this.identities(signal)
    if (actual === undefined) identities.delete(path.toLowerCase())
    else identities.set(path.toLowerCase(), actual)
    return actual
  }

  async putIdentity(path: string, json: Record<string, unknown>, signal: AbortSignal): Promise<void> {
    await this.#identityCall('PUT', path, 'create identity', signal, json)
  }

  async tagIdentity(path: string, tags: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void> {
    await this.#identityCall('PATCH', path, 'tag identity', signal, { tags })
  }

  async deleteIdentity(path: string, signal: AbortSignal): Promise<void> {
    await this.#identityCall('DELETE', path, 'delete identity', signal)
    ;(await this.identities(signal)).delete(path.toLowerCase())
  }

  async putCredential(path: string, { name, ...properties }: FederatedCredential, signal: AbortSignal): Promise<void> {
    const action = `write the federated credential ${name}`
    await this.#identityCall('PUT', `${path}/federatedIdentityCredentials/${name}`, action, signal, { properties })
  }

  async deleteCredential(path: string, name: string, signal: AbortSignal): Promise<void> {
    const action = `delete the federated credential ${name}`
    await this.#identityCall('DELETE', `${path}/federatedIdentityCredentials/${name}`, action, signal)
  }

  async credentialsOf(path: string, signal: AbortSignal): Promise<readonly FederatedCredential[]> {
    const request = {
      path: `${path}/federatedIdentityCredentials?${identityVersion}`,
      action: 'list federated credentials',
      permission: identityPermission,
    }
    return (await this.#list(request, signal)).map(credentialFrom)
  }

  /** All assignments in the scopes, by path in small letters. */
  assignments(signal: AbortSignal): Promise<Map<string, ActualAssignment>> {
    this.#assignments ??= this.#readAssignments(signal)
    return this.#assignments
  }

  /** The ids of the roles of this name or id that can be given in a scope. */
  async rolesNamed(role: string, scope: string, signal: AbortSignal): Promise<readonly string[]> {
    const filter = encodeURIComponent(`roleName eq '${role.replaceAll("'", "''")}'`)
    const request = {
      path: `${scope}/providers/Microsoft.Authorization/roleDefinitions?${roleVersion}&$filter=${filter}`,
      action: `look up the role ${role}`,
      permission: 'the role Reader in the scope',
    }
    return (await this.#list(request, signal)).map(({ name }) => text(name).toLowerCase())
  }

  async readAssignment(path: string, signal: AbortSignal): Promise<ActualAssignment | undefined> {
    const request = { path: `${path}?${roleVersion}`, action: 'read role assignment', permission: rolePermission }
    const json = await this.#send({ method: 'GET', ...request }, signal)
    return json === undefined ? undefined : assignmentFrom(json)
  }

  async putAssignment(path: string, properties: Record<string, unknown>, signal: AbortSignal): Promise<void> {
    const request = { path: `${path}?${roleVersion}`, action: 'assign role', permission: rolePermission }
    await this.#send({ method: 'PUT', json: { properties }, ...request }, signal)
  }

  async deleteAssignment(path: string, signal: AbortSignal): Promise<void> {
    const request = { path: `${path}?${roleVersion}`, action: 'delete role assignment', permission: rolePermission }
    await this.#send({ method: 'DELETE', ...request }, signal)
  }

  async #readIdentities(signal: AbortSignal): Promise<Map<string, ActualIdentity>> {
    const identities = new Map<string, ActualIdentity>()
    await forEachLimited(this.#subscriptions, readsAtOnce, async (subscription) => {
      const path = `/subscriptions/${subscription}/providers/Microsoft.ManagedIdentity/userAssignedIdentities?${identityVersion}`
      const listed = await this.#list({ path, action: 'list identities', permission: identityPermission }, signal)
      const ours = listed.filter((json) => this.#isOurs(json))
      await forEachLimited(ours, readsAtOnce, async (json) => {
        const id = text(json['id'])
        identities.set(id.toLowerCase(), identityFrom(json, await this.credentialsOf(id, signal)))
      })
    })
    return identities
  }

  #isOurs(json: Readonly<Record<string, unknown>>): boolean {
    const { tags } = identityFrom(json, [])
    return ownerIn(tags) === this.#owner || this.#wanted.has(text(json['id']).toLowerCase())
  }

  async #readAssignments(signal: AbortSignal): Promise<Map<string, ActualAssignment>> {
    const assignments = new Map<string, ActualAssignment>()
    await forEachLimited(this.#scopes, readsAtOnce, async (scope) => {
      // Those of a subscription come with those of everything below it.
      const filter = scope.startsWith('/subscriptions/') ? '' : `&$filter=${encodeURIComponent('atScope()')}`
      const path = `${scope}/providers/Microsoft.Authorization/roleAssignments?${roleVersion}${filter}`
      const request = { path, action: 'list role assignments', permission: 'the role Reader in the scope' }
      for (const json of await this.#list(request, signal)) {
        const assignment = assignmentFrom(json)
        assignments.set(assignment.id.toLowerCase(), assignment)
      }
    })
    return assignments
  }

  async #identityCall(
    method: AdminRequest['method'],
    path: string,
    action: string,
    signal: AbortSignal,
    json?: Record<string, unknown>,
  ): Promise<void> {
    const body = json === undefined ? {} : { json }
    const request = { method, path: `${path}?${identityVersion}`, action, permission: identityPermission, ...body }
    await this.#send(request, signal)
  }

  #send(request: Omit<AdminRequest, 'api'>, signal: AbortSignal) {
    return this.#rest.send({ api: 'resourceManager', ...request }, signal)
  }

  #list(request: Omit<AdminRequest, 'api' | 'method'>, signal: AbortSignal) {
    return this.#rest.list({ api: 'resourceManager', ...request }, signal)
  }
}
