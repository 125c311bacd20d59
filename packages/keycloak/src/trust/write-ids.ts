import type { AdminApi } from '../admin/api.ts'
import { allScopes, clientByClientId, clientRoles, realmRoles, serviceAccountId } from '../admin/realm.ts'
import type { RealmRole } from '../admin/representations.ts'
import { ofRealm } from '../token-roles.ts'
import { Kept } from './kept.ts'

/** A role, and where it is mapped below an account or a client. */
export interface MappableRole {
  readonly role: RealmRole
  readonly place: string
}

/**
 * The ids that writes need. They are asked for once for all writes of a run, and again where something is missing that a
 * write before may have made: a list for every client would be most of what is read.
 */
export class WriteIds {
  readonly #api: AdminApi
  readonly #accounts = new Kept<string>()
  readonly #roles = new Map<string, NewestList<MappableRole>>()
  readonly #scopes: NewestList<string>

  constructor(api: AdminApi) {
    this.#api = api
    this.#scopes = new NewestList(async (signal) => {
      return new Map((await allScopes(api, signal)).map(({ name, id }) => [name, id]))
    })
  }

  /** The ids of client scopes. */
  scopes(names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    return this.#scopes.having(names, signal)
  }

  /** Those of some roles of a client, or of the realm, that exist. */
  async roles(owner: string, names: readonly string[], signal: AbortSignal): Promise<readonly MappableRole[]> {
    const list = this.#roles.get(owner) ?? new NewestList((within) => mappableRoles(this.#api, owner, within))
    this.#roles.set(owner, list)
    const there = await list.having(names, signal)
    return names.flatMap((name) => there.get(name) ?? [])
  }

  /** The service account of a client, by the client's UUID. */
  account(clientUuid: string, signal: AbortSignal): Promise<string> {
    return this.#accounts.of(clientUuid, () => serviceAccountId(this.#api, clientUuid, signal))
  }
}

/** The roles of a client, or of the realm, as they are now; none of a client that does not exist. */
export async function mappableRoles(
  api: AdminApi,
  owner: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, MappableRole>> {
  const client = owner === ofRealm ? undefined : await clientByClientId(api, owner, signal)
  if (owner !== ofRealm && client === undefined) return new Map()
  const place = client === undefined ? '/realm' : `/clients/${client.id}`
  const roles = client === undefined ? await realmRoles(api, signal) : await clientRoles(api, client.id, signal)
  return new Map(roles.map((role) => [role.name, { role, place }]))
}

/** A list by name, asked for again when a name is not in it. Callers at the same time share one request. */
class NewestList<T> {
  readonly #ask: (signal: AbortSignal) => Promise<ReadonlyMap<string, T>>
  #newest: Promise<ReadonlyMap<string, T>> | undefined

  constructor(ask: (signal: AbortSignal) => Promise<ReadonlyMap<string, T>>) {
    this.#ask = ask
  }

  async having(names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, T>> {
    const known = this.#newest
    const list = await known
    if (list !== undefined && names.every((name) => list.has(name))) return list
    // Whoever found the same list lacking has asked for a newer one already.
    if (this.#newest === known) this.#newest = this.#ask(signal)
    return (await this.#newest) ?? new Map()
  }
}
