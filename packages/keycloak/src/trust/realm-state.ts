import { forEachLimited } from '@federate/core/plan'
import { type AdminApi, requestsAtOnce } from '../admin/api.ts'
import {
  allClients,
  allScopes,
  clientRoles,
  clientScopeRoles,
  type RealmSettings,
  realmDefaultScopes,
  realmRoles,
  realmSettings,
  roleComposites,
  roleMembers,
  scopeRoles,
} from '../admin/realm.ts'
import type { RealmClient, RealmRole, RealmScope } from '../admin/representations.ts'
import { ofRealm, type Roles } from '../token-roles.ts'
import { Kept } from './kept.ts'
import { WriteIds } from './write-ids.ts'

/** A role, and the client that has it, or the realm. */
export interface OwnedRole {
  readonly owner: string
  readonly role: RealmRole
}

/** What a plan is known to need before anything was read. */
export interface AheadOfPlan {
  /** Roles whose holders matter. */
  readonly holders: Roles
  /** Clients that let roles into their tokens themselves. */
  readonly scoped: readonly string[]
}

/** What a realm holds, read once for a whole plan: the number of requests hardly grows with the number of services. */
export class RealmState {
  readonly api: AdminApi
  readonly ids: WriteIds
  readonly #settings = new Kept<RealmSettings>()
  readonly #version = new Kept<string | undefined>()
  readonly #clients = new Kept<ReadonlyMap<string, RealmClient>>()
  readonly #scopes = new Kept<ReadonlyMap<string, RealmScope>>()
  readonly #defaultScopes = new Kept<readonly string[]>()
  readonly #roles = new Kept<readonly RealmRole[]>()
  readonly #members = new Kept<ReadonlySet<string>>()
  readonly #scopeRoles = new Kept<Roles>()
  readonly #composites = new Kept<readonly OwnedRole[]>()

  constructor(api: AdminApi) {
    this.api = api
    this.ids = new WriteIds(api)
  }

  /**
   * Asks at once for what a plan needs, so that no answer is waited for before the next question is sent. What is refused
   * is told where its answer is used.
   */
  async askAhead({ holders, scoped }: AheadOfPlan, signal: AbortSignal): Promise<void> {
    await Promise.allSettled([
      this.settings(signal),
      this.scopes(signal),
      this.defaultScopes(signal),
      ...[...holders].flatMap(([owner, names]) => [
        this.roles(owner, signal),
        ...names.map((name) => this.members(owner, name, signal)),
      ]),
      forEachLimited(scoped, requestsAtOnce, async (clientId) => {
        const client = (await this.clients(signal)).get(clientId)
        if (client !== undefined) await this.clientScopeRoles(client, signal)
      }),
    ])
  }

  /** It tells whether the realm exists. */
  settings(signal: AbortSignal): Promise<RealmSettings> {
    return this.#settings.of('', () => realmSettings(this.api, signal))
  }

  /** The server's version; undefined where this administrator may not see it. */
  version(signal: AbortSignal): Promise<string | undefined> {
    return this.#version.of('', () => this.api.version(signal))
  }

  /** All clients by client id. */
  clients(signal: AbortSignal): Promise<ReadonlyMap<string, RealmClient>> {
    return this.#clients.of('', async () => byName(await allClients(this.api, signal), ({ clientId }) => clientId))
  }

  /** All client scopes by name. */
  scopes(signal: AbortSignal): Promise<ReadonlyMap<string, RealmScope>> {
    return this.#scopes.of('', async () => byName(await allScopes(this.api, signal), ({ name }) => name))
  }

  /** The scopes that Keycloak puts on every client that is made from now on. */
  defaultScopes(signal: AbortSignal): Promise<readonly string[]> {
    return this.#defaultScopes.of('', () => realmDefaultScopes(this.api, signal))
  }

  /** The roles of a client, or of the realm; none of a client that does not exist. */
  async roles(owner: string, signal: AbortSignal): Promise<readonly RealmRole[]> {
    const client = (await this.clients(signal)).get(owner)
    if (client === undefined && owner !== ofRealm) return []
    return this.#roles.of(owner, () =>
      client === undefined ? realmRoles(this.api, signal) : clientRoles(this.api, client.id, signal),
    )
  }

  /** The roles that a composite role brings along. */
  async compositesOf(id: string, signal: AbortSignal): Promise<readonly OwnedRole[]> {
    const clients = new Map([...(await this.clients(signal)).values()].map((client) => [client.id, client.clientId]))
    return this.#composites.of(id, async () =>
      (await roleComposites(this.api, id, signal)).map(({ clientUuid, role }) => ({
        owner: clients.get(clientUuid ?? '') ?? ofRealm,
        role,
      })),
    )
  }

  /** The user names of those who have a role of a client, or of the realm. */
  async members(owner: string, role: string, signal: AbortSignal): Promise<ReadonlySet<string>> {
    const client = (await this.clients(signal)).get(owner)
    if (client === undefined && owner !== ofRealm) return new Set()
    const place = client === undefined ? '' : `/clients/${client.id}`
    return this.#members.of(JSON.stringify([owner, role]), async () => {
      return new Set(await roleMembers(this.api, place, role, signal))
    })
  }

  /** The roles that a scope lets into tokens. */
  scopeRoles({ id }: RealmScope, signal: AbortSignal): Promise<Roles> {
    return this.#scopeRoles.of(`scope ${id}`, () => scopeRoles(this.api, id, signal))
  }

  /** The roles that a client itself lets into its tokens. */
  clientScopeRoles({ id }: RealmClient, signal: AbortSignal): Promise<Roles> {
    return this.#scopeRoles.of(`client ${id}`, () => clientScopeRoles(this.api, id, signal))
  }
}

function byName<T>(all: readonly T[], nameOf: (one: T) => string): ReadonlyMap<string, T> {
  return new Map(all.map((one) => [nameOf(one), one]))
}
