import type { Issuer, ServiceWish } from '@federate/core'
import type { Resource } from '@federate/core/plan'
import { serviceAccountId } from '../admin/realm.ts'
import { fieldsOf, type RealmScope } from '../admin/representations.ts'
import { type ClaimDifference, claimDifferences } from '../claim-differences.ts'
import { scopeForAudience } from '../cloud-scopes.ts'
import type { Roles } from '../token-roles.ts'
import { type ActualClient, builtInScopes } from './client-changes.ts'
import { comparable } from './comparable-claims.ts'
import { withComposites } from './composite-roles.ts'
import { mappersOfKeycloak } from './mappers-of-keycloak.ts'
import { type ModelledToken, modelledToken, type TokenScope } from './modelled-token.ts'
import { plannedClient, plannedMappers } from './planned-client.ts'
import type { RealmState } from './realm-state.ts'
import { ScopeResource } from './scope.ts'
import { ServiceClientResource } from './service-client.ts'

/** `now`: as the realm is. `planned`: as it will be when the plan is applied. */
export type Moment = 'now' | 'planned'

/** What Keycloak itself says of a token, and where our model says something else. */
export interface TokenPreview {
  readonly claims: Readonly<Record<string, unknown>>
  readonly differences: readonly ClaimDifference[]
}

/** Which tokens services get from one realm. */
export class TokenOutlook {
  readonly #state: RealmState
  readonly #issuer: Issuer
  readonly #clients: ReadonlyMap<string, ServiceClientResource>
  readonly #scopes: ReadonlyMap<string, ScopeResource>

  constructor(state: RealmState, issuer: Issuer, resources: readonly Resource[]) {
    this.#state = state
    this.#issuer = issuer
    const clients = resources.filter((one) => one instanceof ServiceClientResource)
    const scopes = resources.filter((one) => one instanceof ScopeResource)
    this.#clients = new Map(clients.map((one) => [one.desired().clientId, one]))
    this.#scopes = new Map(scopes.map((one) => [one.desired().scope.name, one]))
  }

  /**
   * The token that a service gets for an audience, by our own model of Keycloak; undefined where there is no client, or
   * where its client cannot ask for that audience.
   */
  async foresee(
    service: ServiceWish,
    audience: string | undefined,
    moment: Moment,
    signal: AbortSignal,
  ): Promise<ModelledToken | undefined> {
    const client = await this.#clientAt(service, moment, signal)
    return client && this.#tokenOf(client, audience, moment, signal)
  }

  /** Asks Keycloak for an example of the token as it is now; undefined where there is no client to ask for. */
  async preview(
    service: ServiceWish,
    audience: string | undefined,
    signal: AbortSignal,
  ): Promise<TokenPreview | undefined> {
    const client = await this.#clientAt(service, 'now', signal)
    if (client === undefined || !client.flags.serviceAccountsEnabled) return undefined
    const accountId = await serviceAccountId(this.#state.api, client.id, signal)
    const modelled = await this.#tokenOf(client, audience, 'now', signal, accountId)
    const scope = audience === undefined ? '' : encodeURIComponent(scopeForAudience(audience))
    const place = `/clients/${client.id}/evaluate-scopes/generate-example-access-token`
    const claims = fieldsOf(await this.#state.api.get(`${place}?scope=${scope}&userId=${accountId}`, signal))
    if (modelled === undefined) return undefined
    return { claims, differences: claimDifferences(comparable(modelled.claims, claims), comparable(claims, claims)) }
  }

  async #clientAt({ clientId }: ServiceWish, moment: Moment, signal: AbortSignal): Promise<ActualClient | undefined> {
    const resource = this.#clients.get(clientId)
    const actual = await resource?.read(signal)
    if (moment === 'now' || resource === undefined) return actual
    const planned = plannedClient(resource.desired(), actual)
    if (actual !== undefined) return planned
    const added = mappersOfKeycloak(await this.#state.scopes(signal))
    return { ...planned, mappers: [...planned.mappers, ...added] }
  }

  async #tokenOf(
    client: ActualClient,
    audience: string | undefined,
    moment: Moment,
    signal: AbortSignal,
    accountId?: string,
  ): Promise<ModelledToken | undefined> {
    const asked = audience === undefined ? [] : [scopeForAudience(audience)]
    const attached = new Set([...client.defaultScopes, ...client.optionalScopes])
    if (asked.some((name) => !attached.has(name))) return undefined
    const names = [...new Set([...client.defaultScopes, ...asked])]
    const found = await Promise.all(names.map((name) => this.#scopeAt(name, moment, signal)))
    const expanded = (roles: Roles) => withComposites(roles, this.#state, signal)
    const [account, own] = [await expanded(client.roles), await expanded(client.scopeRoles)]
    const unknown = [...account.unknown, ...own.unknown]
    const scopes: TokenScope[] = []
    for (const scope of found.flatMap((one) => one ?? [])) {
      const through = await expanded(scope.roles)
      scopes.push({ ...scope, roles: through.roles })
      unknown.push(...through.unknown)
    }
    const { sessionMaximum, lifetime, algorithm } = await this.#state.settings(signal)
    const token = modelledToken({
      issuer: this.#issuer.url,
      client: { ...client, roles: account.roles, scopeRoles: own.roles },
      scopes,
      accountId,
      realm: { algorithm, lifetime, longest: sessionMaximum },
    })
    return { ...token, unknown: [...token.unknown, ...new Set(unknown)] }
  }

  async #scopeAt(name: string, moment: Moment, signal: AbortSignal): Promise<TokenScope | undefined> {
    const actual = (await this.#state.scopes(signal)).get(name)
    const roles = actual === undefined ? new Map() : await this.#rolesOf(actual, signal)
    const wish = moment === 'planned' ? this.#scopes.get(name)?.desired() : undefined
    if (wish === undefined) return actual && { ...actual, roles }
    const mappers = plannedMappers(wish.scope.mappers, actual?.mappers ?? [])
    return { name, attributes: actual?.attributes ?? {}, mappers, roles }
  }

  /** Keycloak's own scopes let no roles in. */
  async #rolesOf(scope: RealmScope, signal: AbortSignal): Promise<Roles> {
    return builtInScopes.has(scope.name) ? new Map() : this.#state.scopeRoles(scope, signal)
  }
}
