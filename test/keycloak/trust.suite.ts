import { type ApiWish, type CallContext, clientSecret, nodeFetch, type ServiceWish } from '@federate/core'
import { applyPlan, makeDestroyPlan, makePlan, type Plan, type PlanRequest } from '@federate/core/plan'
import { keycloak } from '@federate/keycloak'
import { type CredentialStore, keycloakTrust } from '@federate/keycloak/trust'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { stringField } from './admin.ts'
import { bootstrapAdmin } from './distribution.ts'
import { firstStart, type RunningKeycloak, startKeycloak } from './server.ts'

/** Credentials in memory: what was delivered, and what was there before. */
class MemoryStore implements CredentialStore {
  readonly secrets = new Map<string, string>()
  readonly before = new Map<string, string>()
  given = async ({ name }: ServiceWish) => this.before.get(name)
  deliver = async ({ name }: ServiceWish, secret: string) => void this.secrets.set(name, secret)
  publicKeys = async () => undefined
  makeKey = async () => '{"keys":[]}'
}

interface Wishes {
  readonly owner?: string
  readonly services?: readonly Partial<ServiceWish>[]
  readonly apis?: readonly ApiWish[]
  readonly rotate?: readonly string[]
  readonly env?: CallContext['env']
  readonly fetch?: CallContext['fetch']
}

const administrator = {
  FEDERATE_KEYCLOAK_USERNAME: bootstrapAdmin.username,
  FEDERATE_KEYCLOAK_PASSWORD: bootstrapAdmin.password,
}
const orders: ApiWish = { name: 'orders', audience: 'api://orders', roles: ['reader', 'writer'] }
const billing: Partial<ServiceWish> = {
  name: 'billing',
  claims: { environment: 'production', limit: 3, open: true, nested: { 'a.b': [1, null] } },
  roles: { orders: ['reader'] },
}

/** A network that fails at one write, and from then on: before the write reaches Keycloak, or on the way back. */
function cutOff(position: number, carriedOut: boolean): CallContext['fetch'] {
  const real = nodeFetch()
  let writes = 0
  return async (url, init) => {
    if (init.method !== 'GET' && url.includes('/admin/')) writes += 1
    if (writes < position) return real(url, init)
    if (writes === position && carriedOut) for await (const _ of (await real(url, init)).body ?? []);
    throw new Error('cut off')
  }
}

/** Without what differs between two equal realms: ids, secrets, times, and the order of lists. */
function normalised(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normalised).sort((one, other) => (text(one) < text(other) ? -1 : 1))
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([key]) => !/^(id|secret|client\.secret\.creation\.time)$/.test(key))
  return Object.fromEntries(
    kept.sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, one]) => [key, normalised(one)]),
  )
}

const text = (value: unknown) => JSON.stringify(value)

/** What holds of every version of Keycloak: each test has a realm of its own. */
export function trustSuite(version: string, relativePath: string): void {
  let server: RunningKeycloak | undefined
  let realm = ''
  let count = 0
  let store = new MemoryStore()
  const running = (): RunningKeycloak => {
    if (server === undefined) throw new Error('Keycloak has not started')
    return server
  }
  beforeAll(async () => {
    server = await startKeycloak({ version, relativePath })
  }, firstStart)
  afterAll(async () => server?.close())
  beforeEach(async () => {
    count += 1
    realm = `realm-${count}`
    store = new MemoryStore()
    await running().admin.create('', { realm, enabled: true, sslRequired: 'external' })
  })

  const service = (given: Partial<ServiceWish>): ServiceWish => {
    const name = given.name ?? 'billing'
    return {
      name,
      issuerName: 'main',
      issuer: { url: running().issuer(realm), kind: 'keycloak' },
      clientId: name,
      subject: `service-account-${name}`,
      auth: { method: 'client_secret_basic', secret: { file: name } },
      claims: {},
      targets: [{ service: name, name: 's3', cloud: 'aws', wish: {} }],
      ...given,
    }
  }

  const opened = async (wishes: Wishes, warnings: string[] = []) => {
    const { services = [billing], apis = [orders], owner = 'acme', rotate = [] } = wishes
    const context: CallContext = {
      signal: new AbortController().signal,
      now: Date.now,
      fetch: wishes.fetch ?? nodeFetch(),
      env: wishes.env ?? administrator,
      warn: (message) => warnings.push(message),
    }
    const wanted = services.map(service)
    const issuer = { url: running().issuer(realm), kind: 'keycloak' as const }
    const request = { owner, issuer, services: wanted, apis, rotate: new Set(rotate), credentials: store, context }
    const trust = await keycloakTrust(request)
    return { owner, resources: trust.resources, found: await trust.discover(context.signal), signal: context.signal }
  }

  const plan = async (wishes: Wishes = {}, more: Partial<PlanRequest> = {}, warnings: string[] = []): Promise<Plan> =>
    makePlan({ ...(await opened(wishes, warnings)), ...more })
  const apply = (made: Plan) => applyPlan(made, { signal: new AbortController().signal })
  const setup = async (wishes: Wishes = {}, more: Partial<PlanRequest> = {}) => apply(await plan(wishes, more))
  const actions = (made: Plan) =>
    made.work
      .filter(({ step }) => step.action !== 'none')
      .map(({ step }) => `${step.action} ${step.address.split(`/${realm}/`)[1]}`)
  const fields = (made: Plan) => made.work.flatMap(({ step }) => step.changes.map(({ field }) => field))

  const list = async (path: string): Promise<Record<string, unknown>[]> => {
    const answer = await running().admin.get(`/${realm}${path}`)
    if (!Array.isArray(answer)) throw new Error(`${path} is no list`)
    return answer
  }
  const idOf = async (path: string, key: string, name: string): Promise<string> => {
    const found = (await list(path)).find((one) => one[key] === name)
    return stringField(found, 'id')
  }
  const clientPlace = async (clientId: string) => `/${realm}/clients/${await idOf('/clients', 'clientId', clientId)}`
  const claimsOf = async (audience: string, name = 'billing') => {
    const auth = clientSecret({ value: store.secrets.get(name) ?? '' })
    const source = keycloak({ issuer: running().issuer(realm), clientId: name, auth })
    return (await source.getToken({ audience })).claims ?? {}
  }
  const destroy = async (wishes: Wishes = {}) => {
    const { owner, found, signal } = await opened(wishes)
    await apply(await makeDestroyPlan({ owner, found, signal }))
  }
  const dump = async () => normalised([await list('/clients'), await list('/client-scopes')])

  describe('a realm that is set up', () => {
    it('issues the tokens that were wished, and a second plan changes nothing', async () => {
      await setup()
      expect(actions(await plan())).toEqual([])
      const forCloud = await claimsOf('sts.amazonaws.com')
      expect(forCloud).toMatchObject({
        aud: 'sts.amazonaws.com',
        azp: 'sts.amazonaws.com',
        sub: 'service-account-billing',
        ...billing.claims,
      })
      expect(forCloud).not.toHaveProperty('resource_access')
      expect(Number(forCloud['exp']) - Number(forCloud['iat'])).toBe(1200)
      const forApi = await claimsOf('api://orders')
      expect(forApi).toMatchObject({ aud: 'api://orders', azp: 'billing' })
      expect(forApi['resource_access']).toEqual({ 'api://orders': { roles: ['reader'] } })
    })

    it('is put right after somebody changed it by hand', async () => {
      await setup()
      const place = await clientPlace('billing')
      const { admin } = running()
      await admin.put(place, {
        clientId: 'billing',
        standardFlowEnabled: true,
        attributes: { 'access.token.lifespan': '60' },
      })
      const scope = await idOf('/client-scopes', 'name', 'federate-aws')
      const [mapper] = await list(`/client-scopes/${scope}/protocol-mappers/models`)
      await admin.delete(`/${realm}/client-scopes/${scope}/protocol-mappers/models/${stringField(mapper, 'id')}`)
      const drifted = await plan()
      expect(actions(drifted).sort()).toEqual(['update client-scope/federate-aws', 'update client/billing'])
      expect(fields(drifted)).toEqual(
        expect.arrayContaining(['standardFlowEnabled', 'attributes.access.token.lifespan']),
      )
      await apply(drifted)
      expect(actions(await plan())).toEqual([])
    })

    it('is as it was after everything is destroyed', async () => {
      const before = await dump()
      await setup()
      await destroy()
      expect(await dump()).toEqual(before)
    })

    it('is complete after an interruption at any write, whether it was carried out or not', {
      timeout: 300_000,
    }, async () => {
      await setup()
      const whole = await dump()
      for (let position = 1; ; position += 1) {
        await destroy()
        const fetch = cutOff(position, position % 2 === 0)
        const cut = await setup({ fetch }).then(
          () => false,
          () => true,
        )
        if (!cut) break
        await setup()
        expect(actions(await plan())).toEqual([])
        expect(await dump(), `cut at write ${position}`).toEqual(whole)
        expect(await claimsOf('api://orders')).toHaveProperty('resource_access')
      }
    })
  })

  describe("Keycloak's traps", () => {
    it('a scope update that ignores mappers and answers 204', async () => {
      await setup()
      const id = await idOf('/client-scopes', 'name', 'federate-aws')
      const [mapper] = await list(`/client-scopes/${id}/protocol-mappers/models`)
      const config = { 'included.custom.audience': 'other', 'access.token.claim': 'true', 'claim.value': 'other' }
      const place = `/${realm}/client-scopes/${id}/protocol-mappers/models/${stringField(mapper, 'id')}`
      await running().admin.put(place, { ...mapper, config })
      await setup()
      expect(actions(await plan())).toEqual([])
      expect(await claimsOf('sts.amazonaws.com')).toMatchObject({ aud: 'sts.amazonaws.com' })
    })

    it('attributes that stay when they are left out', async () => {
      await setup({ services: [{ ...billing, tokenAlgorithm: 'ES256' }] })
      expect(fields(await plan())).toEqual(['attributes.access.token.signed.response.alg'])
      await setup()
      expect(actions(await plan())).toEqual([])
    })

    it('the scope service_account, which comes back with every update', async () => {
      await setup()
      const place = await clientPlace('billing')
      await running().admin.put(place, { clientId: 'billing', serviceAccountsEnabled: true })
      const names = async () =>
        (await list(`${place.replace(`/${realm}`, '')}/default-client-scopes`)).map((one) => one['name'])
      await setup({ services: [{ ...billing, tokenLifetime: 600 }] })
      expect(await names()).toEqual(['basic'])
    })

    it('service accounts that lose their roles', async () => {
      await setup()
      const place = await clientPlace('billing')
      await running().admin.put(place, { clientId: 'billing', serviceAccountsEnabled: false })
      await running().admin.put(place, { clientId: 'billing', serviceAccountsEnabled: true })
      await setup()
      expect((await claimsOf('api://orders'))['resource_access']).toEqual({ 'api://orders': { roles: ['reader'] } })
    })

    it('a client update that takes away the mappers it does not name', async () => {
      await setup()
      await setup({ services: [{ ...billing, tokenLifetime: 600 }] })
      expect(await claimsOf('sts.amazonaws.com')).toMatchObject({ environment: 'production' })
    })
  })

  describe("what is not the owner's", () => {
    it('is left alone and blocks the plan, until it is adopted', async () => {
      await running().admin.create(`/${realm}/clients`, { clientId: 'billing', standardFlowEnabled: true })
      const blocked = await plan()
      expect(actions(blocked)).toContain('blocked client/billing')
      await expect(apply(blocked)).rejects.toMatchObject({ code: 'PLAN_BLOCKED' })
      const address = blocked.work.find(({ step }) => step.action === 'blocked')?.step.address ?? ''
      await setup({}, { adopt: new Set([address]) })
      expect(actions(await plan())).toEqual([])
      expect(await claimsOf('sts.amazonaws.com')).toMatchObject({ sub: 'service-account-billing' })
    })

    it('stays when it was adopted and everything is destroyed', async () => {
      await running().admin.create(`/${realm}/clients`, { clientId: 'billing', standardFlowEnabled: true })
      const [blocked] = (await plan()).work.filter(({ step }) => step.action === 'blocked')
      await setup({}, { adopt: new Set([blocked?.step.address ?? '']) })
      await destroy()
      const left = (await list('/clients')).find((one) => one['clientId'] === 'billing')
      expect(JSON.stringify(left?.['attributes'])).not.toContain('federate')
      expect(actions(await plan())).toContain('blocked client/billing')
    })

    it('stays when two owners use one realm, and one of them goes', async () => {
      await setup()
      const theirs: Wishes = { owner: 'other', services: [{ name: 'payroll' }], apis: [] }
      const shared = await plan(theirs)
      expect(actions(shared)).toEqual(['update client-scope/federate-aws', 'create client/payroll'])
      await apply(shared)
      expect(actions(await plan())).toEqual([])
      await destroy()
      expect(actions(await plan(theirs))).toEqual([])
      expect(await claimsOf('sts.amazonaws.com', 'payroll')).toMatchObject({ sub: 'service-account-payroll' })
      expect(actions(await plan({ owner: 'third', services: [{ name: 'payroll' }], apis: [] }))).toContain(
        'blocked client/payroll',
      )
    })

    it('is kept and reported when it was added to our client by hand', async () => {
      await setup()
      const place = await clientPlace('billing')
      const config = {
        'claim.name': 'hand',
        'claim.value': 'made',
        'jsonType.label': 'String',
        'access.token.claim': 'true',
      }
      const mapper = {
        name: 'by hand',
        protocol: 'openid-connect',
        protocolMapper: 'oidc-hardcoded-claim-mapper',
        config,
      }
      await running().admin.create(`${place}/protocol-mappers/models`, mapper)
      const warnings: string[] = []
      expect(actions(await plan({}, {}, warnings))).toEqual([])
      expect(warnings).toEqual([expect.stringContaining('mapper by hand')])
      await setup({ services: [{ ...billing, tokenLifetime: 600 }] })
      expect(await claimsOf('sts.amazonaws.com')).toMatchObject({ hand: 'made' })
    })

    it('goes with --prune when it was ours and left the file', async () => {
      await setup({ services: [billing, { name: 'payroll' }] })
      expect(actions(await plan())).toEqual(['unwanted client/payroll'])
      await setup({}, { prune: true })
      expect((await list('/clients')).map((one) => one['clientId'])).not.toContain('payroll')
    })

    it('is reported as a danger when it lets people in and has the scope of a cloud', async () => {
      await setup()
      const { admin } = running()
      await admin.create(`/${realm}/clients`, { clientId: 'portal', standardFlowEnabled: true })
      const scope = await idOf('/client-scopes', 'name', 'federate-aws')
      await admin.put(`${await clientPlace('portal')}/optional-client-scopes/${scope}`, {})
      const warnings: string[] = []
      await plan({}, {}, warnings)
      expect(warnings).toEqual([expect.stringContaining('The client portal lets people log in')])
    })
  })

  describe('secrets', () => {
    it('are delivered once, taken where they were given, and made anew on demand', async () => {
      store.before.set('billing', 'given-by-hand')
      await setup({ services: [billing, { name: 'payroll' }] })
      expect([...store.secrets.keys()]).toEqual(['payroll'])
      const first = store.secrets.get('payroll')
      store.secrets.set('billing', 'given-by-hand')
      expect(await claimsOf('sts.amazonaws.com')).toMatchObject({ sub: 'service-account-billing' })
      const rotating = await plan({ services: [billing, { name: 'payroll' }], rotate: ['payroll'] })
      expect(fields(rotating)).toEqual(['secret'])
      expect(JSON.stringify(rotating.work.map(({ step }) => step))).not.toContain(first)
      await apply(rotating)
      expect(store.secrets.get('payroll')).not.toBe(first)
      expect(await claimsOf('sts.amazonaws.com', 'payroll')).toMatchObject({ sub: 'service-account-payroll' })
      expect(actions(await plan({ services: [billing, { name: 'payroll' }] }))).toEqual([])
    })
  })

  describe('a refusal', () => {
    it('says that the password is wrong, without it', async () => {
      const env = { ...administrator, FEDERATE_KEYCLOAK_PASSWORD: 'not-the-one' }
      const error: unknown = await plan({ env }).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'KEYCLOAK_LOGIN_REFUSED', outcome: 'refused' })
      expect(String(error)).not.toContain('not-the-one')
    })

    it('says that the realm is missing', async () => {
      realm = 'nowhere'
      await expect(plan()).rejects.toMatchObject({ code: 'KEYCLOAK_REALM_MISSING' })
    })

    it('says that a user has the name of a service account to be', async () => {
      await running().admin.create(`/${realm}/users`, { username: 'service-account-billing', enabled: true })
      await expect(plan()).rejects.toMatchObject({ code: 'KEYCLOAK_USER_NAME_TAKEN' })
    })

    it('says which role the administrator lacks, and the smallest set is enough', async () => {
      const { admin } = running()
      await admin.create(`/${realm}/clients`, {
        clientId: 'deployer',
        serviceAccountsEnabled: true,
        secret: 'only-for-tests',
      })
      const user = await admin.get(`${await clientPlace('deployer')}/service-account-user`)
      const management = await idOf('/clients', 'clientId', 'realm-management')
      const roles = await list(`/clients/${management}/roles`)
      const grant = (names: readonly string[]) =>
        admin.create(
          `/${realm}/users/${stringField(user, 'id')}/role-mappings/clients/${management}`,
          roles.filter((role) => names.includes(stringField(role, 'name'))),
        )
      const env = { FEDERATE_KEYCLOAK_CLIENT_ID: 'deployer', FEDERATE_KEYCLOAK_CLIENT_SECRET: 'only-for-tests' }
      await expect(plan({ env })).rejects.toMatchObject({ code: 'KEYCLOAK_FORBIDDEN' })
      await grant(['view-clients', 'view-users'])
      const seen = await plan({ env })
      await expect(apply(seen)).rejects.toMatchObject({
        code: 'APPLY_FAILED',
        details: { because: { code: 'KEYCLOAK_FORBIDDEN', details: { role: 'manage-clients' } } },
      })
      await grant(['manage-clients', 'manage-users'])
      await setup({ env })
      expect(actions(await plan({ env }))).toEqual([])
    })
  })

  describe('the number of requests', () => {
    it('of a plan without changes is that of the lists, and two for each service with roles', async () => {
      const services = [{ name: 'one' }, { name: 'two' }, billing]
      await setup({ services })
      let requests = 0
      const counting: CallContext['fetch'] = (url, init) => {
        requests += 1
        return nodeFetch()(url, init)
      }
      expect(actions(await plan({ services, fetch: counting }))).toEqual([])
      // Login, realm, server, scopes, clients; the roles of one API and of its scope; the service account and its roles.
      expect(requests).toBe(9)
    })
  })
}
