import type { Change, Ownership, Resource } from '@federate/core/plan'
import { clientByClientId, clientRoles } from '../admin/realm.ts'
import type { RealmClient, RealmRole } from '../admin/representations.ts'
import { clientAddress } from './addresses.ts'
import { change } from './changes.ts'
import { dependentsOnRoles, lossText } from './dependents.ts'
import { adoptedMark, ownerMark } from './marks.ts'
import type { RealmState } from './realm-state.ts'
import { clientRemoval, giveUpClient, isAdopted } from './release.ts'

/** What an API needs of a realm: a client that nobody can log in by, only to hold the API's roles. */
export interface ApiClientWish {
  readonly owner: string
  readonly issuer: string
  /** The API's audience. */
  readonly clientId: string
  readonly roles: readonly string[]
  readonly label: string
  readonly dependsOn: readonly string[]
  readonly services: readonly string[]
}

export interface ActualApiClient extends RealmClient {
  readonly roles: readonly RealmRole[]
}

const representation = {
  protocol: 'openid-connect',
  enabled: true,
  publicClient: false,
  bearerOnly: false,
  serviceAccountsEnabled: false,
  standardFlowEnabled: false,
  implicitFlowEnabled: false,
  directAccessGrantsEnabled: false,
  fullScopeAllowed: false,
  defaultClientScopes: [],
  optionalClientScopes: [],
}

/** The client that holds an API's roles. */
export class ApiClientResource implements Resource<ApiClientWish, ActualApiClient> {
  readonly address: string
  readonly label: string
  readonly dependsOn: readonly string[]
  readonly services: readonly string[]
  readonly #wish: ApiClientWish
  readonly #state: RealmState

  constructor(state: RealmState, wish: ApiClientWish) {
    this.address = clientAddress(wish.issuer, wish.clientId)
    this.label = wish.label
    this.dependsOn = wish.dependsOn
    this.services = wish.services
    this.#wish = wish
    this.#state = state
  }

  desired(): ApiClientWish {
    return this.#wish
  }

  async read(signal: AbortSignal): Promise<ActualApiClient | undefined> {
    const client = (await this.#state.clients(signal)).get(this.#wish.clientId)
    return client && { ...client, roles: await this.#state.roles(client.clientId, signal) }
  }

  async reread(signal: AbortSignal): Promise<ActualApiClient | undefined> {
    const client = await clientByClientId(this.#api, this.#wish.clientId, signal)
    return client && { ...client, roles: await clientRoles(this.#api, client.id, signal) }
  }

  ownership({ attributes }: ActualApiClient): Ownership {
    const owner = attributes[ownerMark]
    if (owner === undefined) return 'unmarked'
    return owner === this.#wish.owner ? 'ours' : 'others'
  }

  diff(desired: ApiClientWish, actual: ActualApiClient | undefined): Change[] {
    if (actual === undefined) {
      return [...change('client id', undefined, desired.clientId), ...change('roles', undefined, [...desired.roles])]
    }
    const names = actual.roles.map(({ name }) => name).sort()
    const removed = this.#unwanted(desired, actual).map(({ name }) => name)
    const after = [...new Set([...names.filter((name) => !removed.includes(name)), ...desired.roles])].sort()
    return [
      ...change(`attributes.${ownerMark}`, actual.attributes[ownerMark], desired.owner),
      ...change('roles', names, after),
    ]
  }

  removal(actual: ActualApiClient): Change[] {
    const names = actual.roles.map(({ name }) => name).sort()
    return clientRemoval(actual, names.length === 0 ? {} : { roles: names })
  }

  async losses(
    actual: ActualApiClient,
    desired: ApiClientWish | undefined,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { clientId } = actual
    const going = desired === undefined ? actual.roles : this.#unwanted(desired, actual)
    const roles = going.map(({ name }) => name).sort()
    const dependents = await dependentsOnRoles(this.#state, this.#wish.owner, { clientId, roles }, signal)
    return lossText(dependents, `roles of ${clientId} (${roles.join(', ')})`)
  }

  remains(actual: ActualApiClient): boolean {
    return isAdopted(actual)
  }

  async create(desired: ApiClientWish, signal: AbortSignal): Promise<ActualApiClient> {
    const { clientId, owner } = desired
    await this.#api.create('/clients', { ...representation, clientId, attributes: { [ownerMark]: owner } }, signal)
    const made = await this.reread(signal)
    if (made === undefined) throw new TypeError(`Keycloak made the client ${clientId} and does not list it`)
    return this.update(desired, made, signal)
  }

  async update(desired: ApiClientWish, actual: ActualApiClient, signal: AbortSignal): Promise<ActualApiClient> {
    const { clientId, owner } = desired
    const place = `/clients/${actual.id}`
    if (actual.attributes[ownerMark] !== owner) {
      await this.#api.put(place, { clientId, attributes: { [ownerMark]: owner, [adoptedMark]: 'true' } }, signal)
    }
    for (const { name } of this.#unwanted(desired, actual)) {
      await this.#api.delete(`${place}/roles/${encodeURIComponent(name)}`, undefined, signal)
    }
    const there = new Set(actual.roles.map(({ name }) => name))
    for (const name of desired.roles.filter((one) => !there.has(one))) {
      await this.#api.create(`${place}/roles`, { name, attributes: { [ownerMark]: [owner] } }, signal)
    }
    return (await this.reread(signal)) ?? actual
  }

  delete(actual: ActualApiClient, signal: AbortSignal): Promise<void> {
    return giveUpClient(this.#api, actual, signal)
  }

  /** Roles that we made and nobody wants any more; those that were added by hand stay. */
  #unwanted(desired: ApiClientWish, actual: ActualApiClient): RealmRole[] {
    return actual.roles.filter(
      ({ name, attributes }) => attributes[ownerMark] === desired.owner && !desired.roles.includes(name),
    )
  }

  get #api() {
    return this.#state.api
  }
}
