import type { Change, Ownership, Resource } from '@federate/core/plan'
import { allClients, scopeById } from '../admin/realm.ts'
import type { RealmScope } from '../admin/representations.ts'
import { rolesMapperName } from '../api-scope.ts'
import type { ClientScope } from '../protocol-mapper.ts'
import { scopeAddress } from './addresses.ts'
import { attributeChanges, attributePatch, change, describeMapperChanges, mapperChanges, marked } from './changes.ts'
import { dependentsOnScope, lossText } from './dependents.ts'
import { writeMappers } from './mapper-writer.ts'
import { type Attributes, ownerMark, scopeOwnerMark, scopeOwners } from './marks.ts'
import type { RealmState } from './realm-state.ts'

/** What an owner wants of a client scope. */
export interface ScopeWish {
  readonly owner: string
  readonly issuer: string
  readonly scope: ClientScope
  readonly services: readonly string[]
}

const fixedAttributes: Attributes = { 'include.in.token.scope': 'true', 'display.on.consent.screen': 'false' }

/** The client scope of a cloud or of an API. Owners share it: what it holds follows from its name. */
export class ScopeResource implements Resource<ScopeWish, RealmScope> {
  readonly address: string
  readonly label: string
  readonly dependsOn: readonly string[]
  readonly services: readonly string[]
  readonly lane: string
  readonly #wish: ScopeWish
  readonly #state: RealmState

  constructor(state: RealmState, wish: ScopeWish) {
    this.address = scopeAddress(wish.issuer, wish.scope.name)
    this.label = `client scope ${wish.scope.name} in the realm ${state.api.place.realm}`
    this.dependsOn = []
    this.services = wish.services
    this.lane = this.address
    this.#wish = wish
    this.#state = state
  }

  desired(): ScopeWish {
    return this.#wish
  }

  async read(signal: AbortSignal): Promise<RealmScope | undefined> {
    return (await this.#state.scopes(signal)).get(this.#wish.scope.name)
  }

  async reread(signal: AbortSignal): Promise<RealmScope | undefined> {
    const known = await this.read(signal)
    return known && scopeById(this.#api, known.id, signal)
  }

  ownership({ attributes }: RealmScope): Ownership {
    const owners = scopeOwners(attributes)
    if (owners.size === 0) return 'unmarked'
    return owners.size === 1 && owners.has(this.#wish.owner) ? 'ours' : 'shared'
  }

  diff(desired: ScopeWish, actual: RealmScope | undefined): Change[] {
    const { attributes = {}, mappers = [] } = actual ?? {}
    return [
      ...(actual === undefined ? change('name', undefined, desired.scope.name) : []),
      ...attributeChanges(attributePatch(this.#attributes(actual), attributes), attributes),
      ...describeMapperChanges(mapperChanges(this.#mappers(desired), mappers), mappers),
    ]
  }

  removal(actual: RealmScope): Change[] {
    if (this.#isWhole(actual)) return change('name', actual.name, undefined)
    const mark = scopeOwnerMark(this.#wish.owner)
    return change(`attributes.${mark}`, actual.attributes[mark], undefined)
  }

  async losses(actual: RealmScope, desired: ScopeWish | undefined, signal: AbortSignal): Promise<string | undefined> {
    const what = this.#goingPart(actual, desired)
    if (what === undefined) return undefined
    return lossText(await dependentsOnScope(this.#state, this.#wish.owner, actual.name, signal), what)
  }

  #goingPart(actual: RealmScope, desired: ScopeWish | undefined): string | undefined {
    if (desired === undefined) return `the scope ${actual.name}`
    const { remove } = mapperChanges(this.#mappers(desired), actual.mappers)
    const losesRoles = remove.some(({ name }) => name === rolesMapperName)
    return losesRoles ? `the roles in tokens for ${actual.name}` : undefined
  }

  remains(actual: RealmScope): boolean {
    return !this.#isWhole(actual)
  }

  /** Marks and mappers come with the scope itself, so that an interruption leaves one that is known as ours. */
  async create(desired: ScopeWish, signal: AbortSignal): Promise<RealmScope> {
    const { name, description } = desired.scope
    const id = await this.#api.create(
      '/client-scopes',
      {
        name,
        description,
        protocol: 'openid-connect',
        attributes: this.#attributes(undefined),
        protocolMappers: this.#mappers(desired),
      },
      signal,
    )
    return { id, name, attributes: this.#attributes(undefined), mappers: [] }
  }

  async update(desired: ScopeWish, actual: RealmScope, signal: AbortSignal): Promise<RealmScope> {
    const place = `/client-scopes/${actual.id}`
    const patch = attributePatch(this.#attributes(actual), actual.attributes)
    if (Object.keys(patch).length > 0) await this.#patch(actual, patch, signal)
    await writeMappers(this.#api, place, mapperChanges(this.#mappers(desired), actual.mappers), signal)
    return (await this.reread(signal)) ?? actual
  }

  async delete(actual: RealmScope, signal: AbortSignal): Promise<void> {
    if (this.#isWhole(actual)) {
      await this.#takeOffOwnClients(actual, signal)
      return this.#api.delete(`/client-scopes/${actual.id}`, undefined, signal)
    }
    await this.#patch(actual, { [scopeOwnerMark(this.#wish.owner)]: null }, signal)
  }

  /** Keycloak keeps a scope that is attached to any client; those of others are left to refuse. */
  async #takeOffOwnClients({ id, name }: RealmScope, signal: AbortSignal): Promise<void> {
    for (const client of await allClients(this.#api, signal)) {
      if (client.attributes[ownerMark] !== this.#wish.owner) continue
      const list = client.optionalScopes.includes(name) ? 'optional' : 'default'
      if (list === 'default' && !client.defaultScopes.includes(name)) continue
      await this.#api.delete(`/clients/${client.id}/${list}-client-scopes/${id}`, undefined, signal)
    }
  }

  #patch(actual: RealmScope, attributes: object, signal: AbortSignal): Promise<void> {
    const body = { name: actual.name, protocol: 'openid-connect', attributes }
    return this.#api.put(`/client-scopes/${actual.id}`, body, signal)
  }

  /** It goes as a whole when an owner made it and nobody else uses it. */
  #isWhole({ attributes }: RealmScope): boolean {
    const owners = scopeOwners(attributes)
    return [...owners.values()].includes('created') && [...owners.keys()].every((owner) => owner === this.#wish.owner)
  }

  #attributes(actual: RealmScope | undefined): Attributes {
    const mark = scopeOwnerMark(this.#wish.owner)
    const how = actual === undefined ? 'created' : (actual.attributes[mark] ?? 'used')
    return { ...fixedAttributes, [mark]: how }
  }

  #mappers({ scope, owner }: ScopeWish) {
    return scope.mappers.map((mapper) => marked(mapper, owner))
  }

  get #api() {
    return this.#state.api
  }
}
