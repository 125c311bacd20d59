import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { readJwt, type ServiceWish } from '@federate/core'
import { describe, expect, it } from 'vitest'
import { stringField } from './admin.ts'
import { lifeOf } from './clock.ts'
import { billing, orders, type TrustWorld, type Wishes } from './trust-world.ts'

const audiences = ['sts.amazonaws.com', 'api://orders']

/** The tokens of a realm: foreseen by our own model of Keycloak, shown by Keycloak as examples, and issued. */
export function tokenSuite(world: TrustWorld, hasScopeForServiceAccounts: boolean): void {
  const { signal } = world.context()
  const foreseen = async (
    given: Partial<ServiceWish>,
    audience: string,
    moment: 'now' | 'planned',
    wishes: Wishes = {},
  ) =>
    (await world.trust({ services: [given], ...wishes })).tokens.foresee(world.service(given), audience, moment, signal)
  const previewed = async (given: Partial<ServiceWish>, audience: string) =>
    (await world.trust({ services: [given] })).tokens.preview(world.service(given), audience, signal)

  describe('our model of Keycloak', () => {
    const roles = async () => {
      await world.admin.create(`/${world.realm}/roles`, { name: 'auditor' })
      await world.admin.create(`/${world.realm}/clients`, { clientId: 'in.ventory' })
      await world.admin.create(`${await world.clientPlace('in.ventory')}/roles`, { name: 'counter' })
      return { realmRoles: ['auditor'], clientRoles: { 'in.ventory': ['counter'] } }
    }

    it.each<[string, Partial<ServiceWish>]>([
      ['a service as it is by default', { name: 'billing' }],
      ['claims of every type and roles of an API', billing],
      ['session tags and a source identity of AWS', { claims: awsClaims }],
      ['the scopes that Keycloak attaches by itself', { defaultScopes: everyBuiltIn, roles: { orders: ['writer'] } }],
      ['optional scopes of Keycloak', { defaultScopes: ['basic', 'address', 'phone', 'microprofile-jwt'] }],
    ])('agrees with its example, and with real tokens: %s', async (_what, given) => {
      await agrees({ name: 'billing', ...given })
    })

    it('agrees with its example, and with real tokens: roles of the realm and of other clients', async () => {
      const given = { ...billing, ...(await roles()) }
      await agrees(given)
      expect(await world.claimsOf('sts.amazonaws.com')).toMatchObject({
        realm_access: { roles: ['auditor'] },
        resource_access: { 'in.ventory': { roles: ['counter'] } },
      })
      // Nothing of ours stays when they are no longer wanted.
      await world.setup()
      const claims = await world.claimsOf('sts.amazonaws.com')
      expect(claims).not.toHaveProperty('realm_access')
      expect(claims).not.toHaveProperty('resource_access')
      await agrees(billing)
    })

    it('agrees with its example, and with real tokens: composite roles, of the realm and of an API', async () => {
      await roles()
      const bringAlong = async (place: string, name: string, more: readonly Record<string, unknown>[]) => {
        const id = await world.idOf(place, 'name', name)
        await world.admin.create(`/${world.realm}/roles-by-id/${id}/composites`, more)
      }
      const [owner, api] = ['in.ventory', 'api://orders']
      const ofClient = async (clientId: string) =>
        `/clients/${await world.idOf('/clients', 'clientId', clientId)}/roles`
      await world.admin.create(`/${world.realm}/roles`, { name: 'lead' })
      await world.admin.create(`/${world.realm}${await ofClient(owner)}`, { name: 'manager' })
      const counters = (await world.list(await ofClient(owner))).filter(({ name }) => name === 'counter')
      const auditors = (await world.list('/roles')).filter(({ name }) => name === 'auditor')
      await bringAlong('/roles', 'lead', [...auditors, ...counters])
      const given = { ...billing, realmRoles: ['lead'], clientRoles: { [owner]: ['manager'] } }
      await agrees(given)
      expect(await world.claimsOf(api)).toMatchObject({
        realm_access: { roles: expect.arrayContaining(['auditor', 'lead']) },
        resource_access: {
          [owner]: { roles: expect.arrayContaining(['counter', 'manager']) },
          [api]: { roles: ['reader'] },
        },
      })
      // By hand, and in a circle.
      const ofOrders = await world.list(await ofClient(api))
      await bringAlong(
        await ofClient(api),
        'reader',
        ofOrders.filter(({ name }) => name === 'writer'),
      )
      await bringAlong(
        await ofClient(api),
        'writer',
        (await world.list('/roles')).filter(({ name }) => name === 'lead'),
      )
      await bringAlong(
        '/roles',
        'auditor',
        ofOrders.filter(({ name }) => name === 'reader'),
      )
      await agrees(given)
      expect((await world.claimsOf(api))['resource_access']).toMatchObject({
        [api]: { roles: expect.arrayContaining(['reader', 'writer']) },
      })
    })

    it('agrees where others gave the client more than we did', async () => {
      await world.setup()
      await world.grant('billing', 'api://orders', ['writer'])
      const place = await world.clientPlace('billing')
      const client = await world.idOf('/clients', 'clientId', 'api://orders')
      const writer = (await world.list(`/clients/${client}/roles`)).filter((role) => role['name'] === 'writer')
      await world.admin.create(`${place}/scope-mappings/clients/${client}`, writer)
      await agrees(billing)
      expect((await world.claimsOf('api://orders'))['resource_access']).toEqual({
        'api://orders': { roles: expect.arrayContaining(['reader', 'writer']) },
      })
    })

    it('says what it does not know, and Keycloak shows it', async () => {
      await world.setup()
      await world.admin.create(`${await world.clientPlace('billing')}/protocol-mappers/models`, {
        name: 'by hand',
        protocol: 'openid-connect',
        protocolMapper: 'oidc-hardcoded-role-mapper',
        config: { role: 'api://orders.writer' },
      })
      const token = await foreseen(billing, 'api://orders', 'now')
      expect(token?.unknown).toEqual([
        'What the mapper by hand does to a token is not known: its kind is oidc-hardcoded-role-mapper.',
      ])
      const differences = (await previewed(billing, 'api://orders'))?.differences
      expect(differences?.map(({ claim }) => claim)).toEqual(['resource_access'])
    })

    /** Planned, made, shown and issued: all the same. */
    async function agrees(given: Partial<ServiceWish>): Promise<void> {
      const planned = await Promise.all(audiences.map((audience) => foreseen(given, audience, 'planned')))
      await world.setup({ services: [given] })
      for (const [index, audience] of audiences.entries()) {
        const now = await foreseen(given, audience, 'now')
        expect(now?.unknown).toEqual([])
        expect(now).toEqual(planned[index])
        expect((await previewed(given, audience))?.differences).toEqual([])
        const { claims, algorithm, lifetime } = now ?? { claims: {}, algorithm: '', lifetime: 0 }
        const real = await world.claimsOf(audience)
        for (const [name, value] of Object.entries(claims)) {
          if (name === 'sub' && audience.startsWith('api:')) continue
          if (name !== 'scope') expect(unordered(real[name]), `${name} for ${audience}`).toEqual(unordered(value))
        }
        expect(algorithm).toBe('RS256')
        expect(Number(real['exp']) - Number(real['iat'])).toEqual(lifeOf(lifetime))
        const known = new Set([...Object.keys(claims), 'exp', 'iat', 'jti', ...ofTheRequest])
        // 26.0 writes an address that is empty.
        expect(Object.keys(real).filter((name) => !known.has(name) && JSON.stringify(real[name]) !== '{}')).toEqual([])
      }
    }
  })

  describe('roles in a token', () => {
    it('are those of the service account that a scope lets in', async () => {
      await world.setup()
      await world.grant('billing', 'api://orders', ['writer'])
      const token = await foreseen(billing, 'api://orders', 'now')
      expect(Object.fromEntries(token?.roles.account ?? [])).toEqual({ 'api://orders': ['reader', 'writer'] })
      expect(Object.fromEntries(token?.roles.scope ?? [])).toEqual({ 'api://orders': ['reader'] })
      expect(Object.fromEntries(token?.roles.token ?? [])).toEqual({ 'api://orders': ['reader'] })
      expect((await world.claimsOf('api://orders'))['resource_access']).toEqual({
        'api://orders': { roles: ['reader'] },
      })
    })
  })

  describe('the guide to Keycloak as token issuer', () => {
    it('works as written: its curl, and the fields of its token', async () => {
      const apis = [{ ...orders, audience: 'api://your-service' }]
      const claims = { environment: 'production', tenant_id: 'tenant-123' }
      // Keycloak 26.0 has no scope for what it knows of a service account: the claims come by themselves.
      const defaultScopes = ['basic', 'profile', 'email', ...(hasScopeForServiceAccounts ? ['service_account'] : [])]
      await world.setup({ apis, services: [{ name: 'billing', claims, defaultScopes }] })
      const { stdout } = await promisify(execFile)('curl', [
        ...['--silent', '--request', 'POST'],
        ...['--url', `${world.server.issuer(world.realm)}/protocol/openid-connect/token`],
        ...['--header', 'content-type: application/x-www-form-urlencoded'],
        ...['--data', 'client_id=billing'],
        ...['--data', `client_secret=${world.store.secrets.get('billing')}`],
        ...['--data', 'grant_type=client_credentials'],
        ...['--data', 'scope=api://your-service'],
      ])
      const answer: unknown = JSON.parse(stdout)
      const token = readJwt(stringField(answer, 'access_token'))
      expect(token.claims).toMatchObject({
        iss: world.server.issuer(world.realm),
        aud: 'api://your-service',
        azp: 'billing',
        scope: expect.stringContaining('email'),
        client_id: 'billing',
        clientHost: '127.0.0.1',
        environment: 'production',
        tenant_id: 'tenant-123',
      })
      expect(String(token.claims['scope']).split(' ').sort()).toEqual(['api://your-service', 'email', 'profile'])
    })
  })
}

const awsClaims: ServiceWish['claims'] = {
  'https://aws.amazon.com/tags': { principal_tags: { Team: ['payments'] }, transitive_tag_keys: ['Team'] },
  'https://aws.amazon.com/tags/principal_tags/Project': 'apollo',
  'https://aws.amazon.com/source_identity': 'billing',
}
const everyBuiltIn = ['acr', 'basic', 'email', 'organization', 'profile', 'roles', 'web-origins']

/** What a real token says of the request that it was issued for; Keycloak 26.0 adds it to every service account's. */
const ofTheRequest = ['client_id', 'clientHost', 'clientAddress']

/** Lists of names in one order. */
function unordered(value: unknown): unknown {
  if (Array.isArray(value)) return [...value].sort()
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, unordered(one)]))
}
