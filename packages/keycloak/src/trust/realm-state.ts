import type { AdminApi } from '../admin/api.ts'
import { allClients, allScopes, type RealmSettings, realmSettings } from '../admin/realm.ts'
import type { RealmClient, RealmScope } from '../admin/representations.ts'

/** What a realm holds, read once for a whole plan: the number of requests hardly grows with the number of services. */
export class RealmState {
  readonly api: AdminApi
  #clients: Promise<ReadonlyMap<string, RealmClient>> | undefined
  #scopes: Promise<ReadonlyMap<string, RealmScope>> | undefined
  #settings: Promise<RealmSettings> | undefined

  constructor(api: AdminApi) {
    this.api = api
  }

  /** Asked first: it tells whether the realm exists. */
  settings(signal: AbortSignal): Promise<RealmSettings> {
    this.#settings ??= realmSettings(this.api, signal)
    return this.#settings
  }

  /** All clients by client id. */
  clients(signal: AbortSignal): Promise<ReadonlyMap<string, RealmClient>> {
    this.#clients ??= allClients(this.api, signal).then((all) => new Map(all.map((one) => [one.clientId, one])))
    return this.#clients
  }

  /** All client scopes by name. */
  scopes(signal: AbortSignal): Promise<ReadonlyMap<string, RealmScope>> {
    this.#scopes ??= allScopes(this.api, signal).then((all) => new Map(all.map((one) => [one.name, one])))
    return this.#scopes
  }
}
