import { FederateError, type ServiceWish } from '@federate/core'
import type { AdminApi } from '../admin/api.ts'
import { fieldsOf } from '../admin/representations.ts'
import type { ActualClient, ClientChanges, RoleChange } from './client-changes.ts'
import type { CredentialStore } from './credentials.ts'
import type { DesiredClient } from './desired-client.ts'
import { writeMappers } from './mapper-writer.ts'
import { secretMark } from './marks.ts'
import type { RealmState } from './realm-state.ts'
import { noScope } from './scope-checks.ts'
import { mappableRoles, type WriteIds } from './write-ids.ts'

/** Writes one client, each part by the endpoint that takes it. */
export class ClientWriter {
  readonly #api: AdminApi
  readonly #ids: WriteIds
  readonly #store: CredentialStore
  readonly #service: ServiceWish
  readonly #signal: AbortSignal

  constructor({ api, ids }: RealmState, store: CredentialStore, service: ServiceWish, signal: AbortSignal) {
    this.#api = api
    this.#ids = ids
    this.#store = store
    this.#service = service
    this.#signal = signal
  }

  /** Marks, flags and mappers come at once, so that an interruption leaves a client that is known as ours and lets nobody in. */
  async create(desired: DesiredClient): Promise<void> {
    const { clientId, flags, authenticator, attributes, mappers, defaultScopes, optionalScopes } = desired
    const keys = desired.holdsKeys ? await this.#keyAttributes(desired) : {}
    const body = {
      clientId,
      protocol: 'openid-connect',
      ...flags,
      clientAuthenticatorType: authenticator,
      attributes: { ...withoutEmpty(attributes), ...keys },
      protocolMappers: mappers,
      defaultClientScopes: defaultScopes,
      optionalClientScopes: optionalScopes,
    }
    await this.#api.create('/clients', body, this.#signal)
  }

  /** The flags are always sent together: a PUT without `serviceAccountsEnabled` has cost service accounts their roles. */
  async settings(changes: ClientChanges, desired: DesiredClient, actual: ActualClient): Promise<void> {
    const keys = changes.keys ? await this.#keyAttributes(desired) : {}
    const attributes = { ...changes.attributes, ...keys }
    if (Object.keys(changes.settings).length + Object.keys(attributes).length === 0) return
    const { clientId, flags, authenticator } = desired
    const body = { clientId, ...flags, clientAuthenticatorType: authenticator, attributes }
    await this.#api.put(`/clients/${actual.id}`, body, this.#signal)
  }

  async mappers(changes: ClientChanges, { id }: ActualClient): Promise<void> {
    await writeMappers(this.#api, `/clients/${id}`, changes.mappers, this.#signal)
  }

  /** Taken off before anything is put on: a scope can be on one of the two lists only. */
  async scopes({ attach, detach }: ClientChanges, { id }: ActualClient): Promise<void> {
    const lists = ['default', 'optional'] as const
    if (lists.every((list) => attach[list].length + detach[list].length === 0)) return
    const names = lists.flatMap((list) => [...attach[list], ...detach[list]])
    const ids = await this.#ids.scopes(names, this.#signal)
    // Before the first write: a client that lost its old scopes and got no new ones gives its service other tokens.
    const missing = lists.flatMap((list) => attach[list]).find((name) => !ids.has(name))
    if (missing !== undefined) throw noScope(missing, this.#service.name)
    for (const list of lists) {
      for (const name of detach[list]) {
        await this.#api.delete(`/clients/${id}/${list}-client-scopes/${ids.get(name)}`, undefined, this.#signal)
      }
    }
    for (const list of lists) {
      for (const name of attach[list]) {
        await this.#api.put(`/clients/${id}/${list}-client-scopes/${ids.get(name)}`, {}, this.#signal)
      }
    }
  }

  async takeRoles(changes: ClientChanges, client: ActualClient): Promise<void> {
    await this.#writeRoles(changes, client, 'remove')
  }

  async giveRoles(changes: ClientChanges, client: ActualClient): Promise<void> {
    await this.#writeRoles(changes, client, 'add')
  }

  async #writeRoles({ roles, scopeRoles }: ClientChanges, { id }: ActualClient, what: 'add' | 'remove'): Promise<void> {
    if (roles.some((change) => change[what].length > 0)) {
      const user = await this.#ids.account(id, this.#signal)
      for (const change of roles) await this.#mapRoles(change, `/users/${user}/role-mappings`, what)
    }
    for (const change of scopeRoles) await this.#mapRoles(change, `/clients/${id}/scope-mappings`, what)
  }

  async #mapRoles({ clientId, ...change }: RoleChange, mappings: string, what: 'add' | 'remove'): Promise<void> {
    const roles = await this.#rolesToMap(clientId, change[what], what)
    const [first] = roles
    // Naming none takes all of them.
    if (first === undefined) return
    const [path, body] = [`${mappings}${first.place}`, roles.map(({ role: { id, name } }) => ({ id, name }))]
    await (what === 'add' ? this.#api.create(path, body, this.#signal) : this.#api.delete(path, body, this.#signal))
  }

  /** One that is gone by now must not be named: nothing of the request would be done. */
  async #rolesToMap(owner: string, names: readonly string[], what: 'add' | 'remove') {
    if (names.length === 0) return []
    if (what === 'add') return this.#ids.roles(owner, names, this.#signal)
    const now = await mappableRoles(this.#api, owner, this.#signal)
    return names.flatMap((name) => now.get(name) ?? [])
  }

  /** Delivers first and marks afterwards: what is interrupted between is delivered again, not lost. */
  async secret(actual: ActualClient, rotate: boolean): Promise<void> {
    const place = `/clients/${actual.id}`
    const given = rotate ? undefined : await this.#store.given(this.#service)
    const secret = given ?? (await this.#issuedSecret(place, rotate))
    const { clientId } = actual
    if (given === undefined) await this.#store.deliver(this.#service, secret, { replace: rotate })
    const body = { clientId, ...(given === undefined ? {} : { secret: given }), serviceAccountsEnabled: true }
    await this.#api.put(place, { ...body, attributes: { [secretMark]: 'delivered' } }, this.#signal)
  }

  async #issuedSecret(place: string, rotate: boolean): Promise<string> {
    const answer = rotate
      ? await this.#api.ask(`${place}/client-secret`, {}, this.#signal)
      : await this.#api.get(`${place}/client-secret`, this.#signal)
    const secret = fieldsOf(answer)['value']
    // Since 26.8 who may only look sees asterisks; they must never be taken for the secret.
    if (typeof secret === 'string' && secret !== '' && !/^\*+$/.test(secret)) return secret
    throw new FederateError({
      code: 'KEYCLOAK_SECRET_MASKED',
      outcome: 'refused',
      problem: `Keycloak does not show the secret of the client ${this.#service.clientId} to this administrator.`,
      next: `Give the administrator the role manage-clients of the client realm-management in the realm ${this.#api.place.realm}.`,
    })
  }

  async #keyAttributes(desired: DesiredClient): Promise<Record<string, string>> {
    const keys = desired.keys ?? (await this.#store.makeKey(this.#service))
    return { 'use.jwks.string': 'true', 'jwks.string': keys, 'use.jwks.url': 'false' }
  }
}

function withoutEmpty(attributes: DesiredClient['attributes']): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== ''))
}
