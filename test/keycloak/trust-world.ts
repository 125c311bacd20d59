import { type ApiWish, type CallContext, clientSecret, nodeFetch, type ServiceWish } from '@federate/core'
import { applyPlan, makeDestroyPlan, makePlan, type Plan, type PlanRequest } from '@federate/core/plan'
import { keycloak } from '@federate/keycloak'
import { type CredentialStore, keycloakTrust } from '@federate/keycloak/trust'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { stringField } from './admin.ts'
import { type BorrowedKeycloak, borrowKeycloak, ownRealmName } from './borrow.ts'
import { bootstrapAdmin, type KeycloakVersion } from './distribution.ts'
import { quickRealm } from './quick-realm.ts'
import { firstStart } from './server.ts'

/** Credentials in memory: what was delivered, and what was there before. */
class MemoryStore implements CredentialStore {
  readonly secrets = new Map<string, string>()
  readonly before = new Map<string, string>()
  keys: string | undefined
  given = async ({ name }: ServiceWish) => this.before.get(name)
  deliver = async ({ name }: ServiceWish, secret: string) => void this.secrets.set(name, secret)
  publicKeys = async () => this.keys
  makeKey = async () => '{"keys":[]}'
}

export interface Wishes {
  readonly owner?: string
  readonly services?: readonly Partial<ServiceWish>[]
  readonly apis?: readonly ApiWish[]
  readonly rotate?: readonly string[]
  readonly env?: CallContext['env']
  readonly fetch?: CallContext['fetch']
  /** Default: where the server is. */
  readonly issuer?: string
  readonly adminUrl?: string
}

export const administrator = {
  FEDERATE_KEYCLOAK_USERNAME: bootstrapAdmin.username,
  FEDERATE_KEYCLOAK_PASSWORD: bootstrapAdmin.password,
}
export const orders: ApiWish = { name: 'orders', audience: 'api://orders', roles: ['reader', 'writer'] }
export const billing: Partial<ServiceWish> = {
  name: 'billing',
  claims: { environment: 'production', limit: 3, open: true, nested: { 'a.b': [1, null] } },
  roles: { orders: ['reader'] },
}

/** A Keycloak, and for each test a realm that no other has written to. */
export class TrustWorld {
  realm = ''
  store = new MemoryStore()
  #server: BorrowedKeycloak | undefined
  /** The realm that was made last, and whether anything may have been written to it; the next test then gets another. */
  #made = ''
  #isUsed = true

  /** To be called where tests are described: the server lives as long as they run. */
  static describe(version: KeycloakVersion): TrustWorld {
    const world = new TrustWorld()
    beforeAll(async () => {
      world.#server = await borrowKeycloak(version)
    }, firstStart)
    afterAll(async () => world.#server?.close())
    beforeEach(() => world.#newRealm())
    return world
  }

  /** A realm that is there already, of a server that others started. */
  static at(server: BorrowedKeycloak, realm: string): TrustWorld {
    const world = new TrustWorld()
    world.#server = server
    world.realm = realm
    return world
  }

  get server(): BorrowedKeycloak {
    if (this.#server === undefined) throw new Error('Keycloak has not started')
    return this.#server
  }

  get admin() {
    this.#isUsed = true
    return this.server.admin
  }

  service(given: Partial<ServiceWish>): ServiceWish {
    const name = given.name ?? 'billing'
    const { clientId = name } = given
    return {
      name,
      issuerName: 'main',
      issuer: { url: this.server.issuer(this.realm), kind: 'keycloak' },
      clientId,
      subject: `service-account-${clientId.toLowerCase()}`,
      auth: { method: 'client_secret_basic', secret: { file: name } },
      claims: {},
      targets: [{ service: name, name: 's3', cloud: 'aws', wish: {} }],
      ...given,
    }
  }

  async trust(wishes: Wishes = {}, warnings: string[] = []) {
    const { services = [billing], apis = [orders], owner = 'acme', rotate = [], adminUrl } = wishes
    const context = this.context(wishes, warnings)
    const issuer = { url: wishes.issuer ?? this.server.issuer(this.realm), kind: 'keycloak' as const }
    const wanted = services.map((one) => this.service({ issuer, ...one }))
    const credentials = this.store
    return keycloakTrust({
      owner,
      issuer,
      services: wanted,
      apis,
      rotate: new Set(rotate),
      adminUrl,
      credentials,
      context,
    })
  }

  context({ fetch = nodeFetch(), env = administrator }: Wishes = {}, warnings: string[] = []): CallContext {
    const warn = (message: string) => void warnings.push(message)
    const noticing: CallContext['fetch'] = (url, init) => {
      if (init.method !== 'GET' && url.includes('/admin/')) this.#isUsed = true
      return fetch(url, init)
    }
    return { signal: new AbortController().signal, now: Date.now, fetch: noticing, env, warn }
  }

  async plan(wishes: Wishes = {}, more: Partial<PlanRequest> = {}, warnings: string[] = []): Promise<Plan> {
    const { owner = 'acme' } = wishes
    const { signal } = this.context()
    const trust = await this.trust(wishes, warnings)
    return makePlan({ owner, resources: trust.resources, found: await trust.discover(signal), signal, ...more })
  }

  /** One write at a time: Keycloak may stumble over several, and none of them is tried again. The command's tests have four. */
  apply(made: Plan) {
    return applyPlan(made, { signal: new AbortController().signal, concurrency: 1 })
  }

  async setup(wishes: Wishes = {}, more: Partial<PlanRequest> = {}) {
    return this.apply(await this.plan(wishes, more))
  }

  async destroy(wishes: Wishes = {}) {
    const { owner = 'acme' } = wishes
    const { signal } = this.context()
    const found = await (await this.trust(wishes)).discover(signal)
    await this.apply(await makeDestroyPlan({ owner, found, signal }))
  }

  /** What a plan would do, without what it leaves alone. */
  actions(made: Plan): string[] {
    return made.work
      .filter(({ step }) => step.action !== 'none')
      .map(({ step }) => `${step.action} ${step.address.split(`/${this.realm}/`)[1]}`)
  }

  async list(path: string): Promise<Record<string, unknown>[]> {
    const answer = await this.admin.get(`/${this.realm}${path}`)
    if (!Array.isArray(answer)) throw new Error(`${path} is no list`)
    return answer
  }

  async idOf(path: string, key: string, name: string): Promise<string> {
    const found = (await this.list(path)).find((one) => one[key] === name)
    return stringField(found, 'id')
  }

  async clientPlace(clientId: string): Promise<string> {
    return `/${this.realm}/clients/${await this.idOf('/clients?max=1000', 'clientId', clientId)}`
  }

  /** Gives roles of a client, or of the realm, to a client's service account, as a person would. */
  async grant(clientId: string, owner: string | undefined, names: readonly string[]): Promise<void> {
    const user = stringField(await this.admin.get(`${await this.clientPlace(clientId)}/service-account-user`), 'id')
    const place = owner === undefined ? '' : (await this.clientPlace(owner)).slice(this.realm.length + 1)
    const roles = (await this.list(`${place}/roles`)).filter((role) => names.includes(stringField(role, 'name')))
    await this.admin.create(`/${this.realm}/users/${user}/role-mappings${place === '' ? '/realm' : place}`, roles)
  }

  /** A real token of a service with a secret. */
  async claimsOf(audience: string, name = 'billing'): Promise<Readonly<Record<string, unknown>>> {
    const auth = clientSecret({ value: this.store.secrets.get(name) ?? '' })
    const source = keycloak({ issuer: this.server.issuer(this.realm), clientId: name, auth })
    return (await source.getToken({ audience })).claims ?? {}
  }

  /** The whole realm, without what differs between two equal ones. */
  async export(): Promise<unknown> {
    const path = `/${this.realm}/partial-export?exportClients=true&exportGroupsAndRoles=true`
    return normalised(await this.admin.ask(path))
  }

  async #newRealm(): Promise<void> {
    this.store = new MemoryStore()
    if (this.#isUsed) {
      this.#made = ownRealmName()
      await this.admin.create('', quickRealm(this.#made))
      this.#isUsed = false
    }
    this.realm = this.#made
  }
}

export function fields(made: Plan): string[] {
  return made.work.flatMap(({ step }) => step.changes.map(({ field }) => field))
}

/** Ids, secrets and times are new in every realm; lists come in any order. */
const accidental = /^(id|_id|containerId|secret|client\.secret\.creation\.time|createdTimestamp)$/

function normalised(value: unknown): unknown {
  const text = (one: unknown) => JSON.stringify(one)
  if (Array.isArray(value)) return value.map(normalised).sort((one, other) => (text(one) < text(other) ? -1 : 1))
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([key]) => !accidental.test(key))
  return Object.fromEntries(
    kept.sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, one]) => [key, normalised(one)]),
  )
}
