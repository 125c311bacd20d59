import type { ServiceWish } from '@federate/core'
import type { Change, Ownership, Resource } from '@federate/core/plan'
import { clientByClientId } from '../admin/realm.ts'
import type { RealmClient } from '../admin/representations.ts'
import { accountRoles, currentAccountRoles } from './account-roles.ts'
import { clientAddress } from './addresses.ts'
import { change } from './changes.ts'
import { type ActualClient, clientChanges, describeClientChanges, noClient } from './client-changes.ts'
import { ClientWriter } from './client-writer.ts'
import type { CredentialStore } from './credentials.ts'
import type { DesiredClient } from './desired-client.ts'
import { ownerMark } from './marks.ts'
import type { RealmState } from './realm-state.ts'
import { clientRemoval, giveUpClient, isAdopted } from './release.ts'

export interface ServiceClientWish {
  readonly owner: string
  readonly service: ServiceWish
  readonly desired: DesiredClient
  readonly dependsOn: readonly string[]
  /** Whether a new secret is wanted instead of the one there is. */
  readonly rotate: boolean
  readonly store: CredentialStore
}

/** The confidential client that one service is. */
export class ServiceClientResource implements Resource<DesiredClient, ActualClient> {
  readonly address: string
  readonly label: string
  readonly dependsOn: readonly string[]
  readonly services: readonly string[]
  readonly #wish: ServiceClientWish
  readonly #state: RealmState
  #rotated = false

  constructor(state: RealmState, wish: ServiceClientWish) {
    this.address = clientAddress(wish.service.issuer.url, wish.desired.clientId)
    this.label = `client ${wish.desired.clientId} in the realm ${state.api.place.realm}`
    this.dependsOn = wish.dependsOn
    this.services = [wish.service.name]
    this.#wish = wish
    this.#state = state
  }

  desired(): DesiredClient {
    return this.#wish.desired
  }

  async read(signal: AbortSignal): Promise<ActualClient | undefined> {
    const { desired } = this.#wish
    const client = (await this.#state.clients(signal)).get(desired.clientId)
    return client && { ...client, ...(await accountRoles(this.#state, desired, client, signal)) }
  }

  async reread(signal: AbortSignal): Promise<ActualClient | undefined> {
    const client = await this.#client(signal)
    return client && { ...client, ...(await currentAccountRoles(this.#state, this.#wish.desired, client, signal)) }
  }

  ownership({ attributes }: ActualClient): Ownership {
    const owner = attributes[ownerMark]
    if (owner === undefined) return 'unmarked'
    return owner === this.#wish.owner ? 'ours' : 'others'
  }

  diff(desired: DesiredClient, actual: ActualClient | undefined): Change[] {
    const there = actual ?? noClient(desired)
    const described = describeClientChanges(clientChanges(desired, there, this.#rotate), desired, there)
    return actual === undefined ? [...change('client id', undefined, desired.clientId), ...described] : described
  }

  removal(actual: ActualClient): Change[] {
    return clientRemoval(actual, {})
  }

  remains(actual: ActualClient): boolean {
    return isAdopted(actual)
  }

  async create(desired: DesiredClient, signal: AbortSignal): Promise<ActualClient> {
    await this.#writer(signal).create(desired)
    const made = await this.#client(signal)
    if (made === undefined) throw new TypeError(`Keycloak made the client ${desired.clientId} and does not list it`)
    return this.update(desired, { ...made, roles: new Map(), scopeRoles: new Map() }, signal)
  }

  /**
   * The flags first: a client that lets people in is shut before it gets the scope of a cloud. Roles go before the mark
   * that we gave them, and come after it: an interruption never leaves a role of ours that nothing marks.
   */
  async update(desired: DesiredClient, actual: ActualClient, signal: AbortSignal): Promise<ActualClient> {
    const writer = this.#writer(signal)
    const changes = clientChanges(desired, actual, this.#rotate)
    await writer.takeRoles(changes, actual)
    await writer.settings(changes, desired, actual)
    if (changes.secret) await writer.secret(actual, this.#rotate)
    await writer.mappers(changes, actual)
    await writer.giveRoles(changes, actual)
    // Every PUT of a client brings its scope service_account back, so the lists are compared and written last.
    const after = { ...actual, ...(await this.#client(signal)) }
    await writer.scopes(clientChanges(desired, after, false), actual)
    this.#rotated = true
    return (await this.reread(signal)) ?? actual
  }

  delete(actual: ActualClient, signal: AbortSignal): Promise<void> {
    return giveUpClient(this.#state.api, actual, signal)
  }

  #client(signal: AbortSignal): Promise<RealmClient | undefined> {
    return clientByClientId(this.#state.api, this.#wish.desired.clientId, signal)
  }

  #writer(signal: AbortSignal): ClientWriter {
    return new ClientWriter(this.#state, this.#wish.store, this.#wish.service, signal)
  }

  get #rotate(): boolean {
    return this.#wish.rotate && !this.#rotated
  }
}
