import type { ApiWish } from '@federate/core'
import type { AdminApi } from '../admin/api.ts'
import { allScopes, clientByClientId, clientRoles } from '../admin/realm.ts'
import type { RealmRole } from '../admin/representations.ts'
import type { Grants } from './key.ts'
import { apiNotSetUp } from './key-refusals.ts'
import { wishedApis } from './new-key.ts'

/** One API of a grant, as the realm has it. */
export interface GrantedApi {
  /** Its scope, which is named like its audience. */
  readonly scope: string
  /** The client that holds its roles, and those that are granted. */
  readonly roles: { readonly client: string; readonly granted: readonly RealmRole[] } | undefined
}

/** Your own APIs: what federate.yaml wants and the realm has. Looked up once for however many keys. */
export class RealmApis {
  readonly #api: AdminApi
  readonly #wishes: readonly ApiWish[]
  readonly #signal: AbortSignal
  #scopes: Promise<ReadonlyMap<string, string>> | undefined
  readonly #roles = new Map<string, Promise<{ readonly client: string; readonly roles: readonly RealmRole[] }>>()

  constructor(api: AdminApi, wishes: readonly ApiWish[], signal: AbortSignal) {
    this.#api = api
    this.#wishes = wishes
    this.#signal = signal
  }

  /**
   * What a key for these APIs and roles needs of the realm.
   *
   * @throws FederateError `KEY_WITHOUT_API`, `KEY_API_UNKNOWN`, `KEY_ROLE_UNKNOWN` (usage), `KEY_API_NOT_SET_UP`.
   */
  async granted(grants: Grants): Promise<readonly GrantedApi[]> {
    const wished = wishedApis(grants, this.#wishes)
    const scopes = await this.scopeIds()
    const granted: GrantedApi[] = []
    for (const { wish, roles } of wished) {
      if (!scopes.has(wish.audience)) throw apiNotSetUp(`the client scope ${wish.audience}`, this.#api.place.realm)
      granted.push({
        scope: wish.audience,
        roles: roles.length === 0 ? undefined : await this.#grantedRoles(wish, roles),
      })
    }
    return granted
  }

  /** The ids of the realm's scopes, by name. */
  scopeIds(): Promise<ReadonlyMap<string, string>> {
    this.#scopes ??= allScopes(this.#api, this.#signal).then((all) => new Map(all.map(({ name, id }) => [name, id])))
    return this.#scopes
  }

  /** The audience of an API, by its name in federate.yaml. */
  audience(name: string): string | undefined {
    return this.#wishes.find((one) => one.name === name)?.audience
  }

  async #grantedRoles({ audience }: ApiWish, names: readonly string[]) {
    const known = this.#roles.get(audience) ?? this.#rolesOf(audience)
    this.#roles.set(audience, known)
    const { client, roles } = await known
    const missing = names.find((name) => !roles.some((role) => role.name === name))
    if (missing !== undefined) throw apiNotSetUp(`the role ${missing} of the client ${audience}`, this.#api.place.realm)
    return { client, granted: roles.filter(({ name }) => names.includes(name)) }
  }

  async #rolesOf(audience: string) {
    const client = await clientByClientId(this.#api, audience, this.#signal)
    if (client === undefined) throw apiNotSetUp(`the client ${audience}`, this.#api.place.realm)
    return { client: client.id, roles: await clientRoles(this.#api, client.id, this.#signal) }
  }
}
