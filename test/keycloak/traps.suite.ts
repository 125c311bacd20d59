import { clientSecret, nodeFetch } from '@federate/core'
import { keycloak } from '@federate/keycloak'
import { describe, expect, it } from 'vitest'
import { stringField } from './admin.ts'
import { billing, fields, orders, type TrustWorld } from './trust-world.ts'

/** What Keycloak's Admin API does otherwise than one expects: each would leave a realm that looks right and is not. */
/** @param attributeSearch whether the server searches clients by attribute: newer ones refuse by default. */
export function trapSuite(world: TrustWorld, attributeSearch = false): void {
  const namesOf = async (list: string) => {
    const place = (await world.clientPlace('billing')).replace(`/${world.realm}`, '')
    return (await world.list(`${place}/${list}`)).map((one) => one['name']).sort()
  }
  const shorter = { services: [{ ...billing, tokenLifetime: 600 }] }

  describe("Keycloak's traps", () => {
    it('what a new client is not told defaults to a public one that people log in by', async () => {
      await world.admin.create(`/${world.realm}/clients`, { clientId: 'bare' })
      await world.setup()
      const clients = await world.list('/clients')
      const flags = (clientId: string) => clients.find((one) => one['clientId'] === clientId)
      expect(flags('bare')).toMatchObject({ publicClient: false, standardFlowEnabled: true, fullScopeAllowed: true })
      const shut = { standardFlowEnabled: false, implicitFlowEnabled: false, directAccessGrantsEnabled: false }
      const ours = { publicClient: false, bearerOnly: false, serviceAccountsEnabled: true, fullScopeAllowed: false }
      expect(flags('billing')).toMatchObject({ ...shut, ...ours })
      expect(flags('api://orders')).toMatchObject({ ...shut, serviceAccountsEnabled: false, fullScopeAllowed: false })
    })

    it('a scope update answers 204 and ignores its mappers', async () => {
      await world.setup()
      const id = await world.idOf('/client-scopes', 'name', 'federate-aws')
      const models = `/client-scopes/${id}/protocol-mappers/models`
      const audience = (await world.list(models)).find((one) => one['name'] === 'federate-audience')
      const config = { 'included.custom.audience': 'other', 'access.token.claim': 'true' }
      await world.admin.put(`/${world.realm}${models}/${stringField(audience, 'id')}`, { ...audience, config })
      expect(await world.claimsOf('sts.amazonaws.com')).toMatchObject({ aud: 'other' })
      const whole = { name: 'federate-aws', protocol: 'openid-connect', protocolMappers: [] }
      await world.admin.put(`/${world.realm}/client-scopes/${id}`, whole)
      expect(await world.list(models)).toHaveLength(3)
      await world.setup()
      expect(world.actions(await world.plan())).toEqual([])
      expect(await world.claimsOf('sts.amazonaws.com')).toMatchObject({ aud: 'sts.amazonaws.com' })
    })

    it('a client update takes away the mappers that it does not name', async () => {
      await world.setup()
      await world.setup(shorter)
      expect(await world.claimsOf('sts.amazonaws.com')).toMatchObject({ environment: 'production' })
    })

    it('a client update ignores scope lists: they have endpoints of their own', async () => {
      await world.setup()
      const place = await world.clientPlace('billing')
      const lists = { defaultClientScopes: ['basic', 'profile'], optionalClientScopes: [] }
      await world.admin.put(place, { clientId: 'billing', serviceAccountsEnabled: true, ...lists })
      expect(await namesOf('optional-client-scopes')).toEqual(['api://orders', 'federate-aws'])
      const profile = await world.idOf('/client-scopes', 'name', 'profile')
      const aws = await world.idOf('/client-scopes', 'name', 'federate-aws')
      await world.admin.put(`${place}/default-client-scopes/${profile}`)
      await world.admin.delete(`${place}/optional-client-scopes/${aws}`)
      await world.setup()
      expect(await namesOf('default-client-scopes')).toEqual(['basic'])
      expect(await namesOf('optional-client-scopes')).toEqual(['api://orders', 'federate-aws'])
    })

    it('a scope is on one list only: one that is on the other has to come off first', async () => {
      await world.setup()
      const place = await world.clientPlace('billing')
      const basic = await world.idOf('/client-scopes', 'name', 'basic')
      const aws = await world.idOf('/client-scopes', 'name', 'federate-aws')
      for (const [id, from, to] of [
        [basic, 'default', 'optional'],
        [aws, 'optional', 'default'],
      ]) {
        await world.admin.delete(`${place}/${from}-client-scopes/${id}`)
        await world.admin.put(`${place}/${to}-client-scopes/${id}`)
      }
      await world.setup()
      expect(await namesOf('default-client-scopes')).toEqual(['basic'])
      expect(await namesOf('optional-client-scopes')).toEqual(['api://orders', 'federate-aws'])
    })

    it('attributes stay when they are left out', async () => {
      await world.setup({ services: [{ ...billing, tokenAlgorithm: 'ES256' }] })
      expect(fields(await world.plan())).toEqual(['attributes.access.token.signed.response.alg'])
      await world.setup()
      expect(world.actions(await world.plan())).toEqual([])
    })

    it('the scope service_account comes back with every update', async () => {
      await world.setup()
      await world.admin.put(await world.clientPlace('billing'), { clientId: 'billing', serviceAccountsEnabled: true })
      await world.setup(shorter)
      expect(await namesOf('default-client-scopes')).toEqual(['basic'])
    })

    it('a service account that is switched off and on again has lost its roles', async () => {
      await world.setup()
      const place = await world.clientPlace('billing')
      await world.admin.put(place, { clientId: 'billing', serviceAccountsEnabled: false })
      await world.admin.put(place, { clientId: 'billing', serviceAccountsEnabled: true })
      expect(fields(await world.plan())).toContain('service account roles of api://orders')
      await world.setup()
      expect((await world.claimsOf('api://orders'))['resource_access']).toEqual({
        'api://orders': { roles: ['reader'] },
      })
    })

    it('an update that does not name the service account costs its roles: ours names every flag', async () => {
      await world.setup()
      await world.setup(shorter)
      expect((await world.claimsOf('api://orders'))['resource_access']).toEqual({
        'api://orders': { roles: ['reader'] },
      })
    })

    it('a removal of roles that names none takes all: ours names its own, and those of others stay', async () => {
      await world.setup()
      await world.grant('billing', 'api://orders', ['writer'])
      await world.setup({ services: [{ ...billing, roles: {} }] })
      const user = stringField(
        await world.admin.get(`${await world.clientPlace('billing')}/service-account-user`),
        'id',
      )
      const client = await world.idOf('/clients', 'clientId', 'api://orders')
      const left = await world.list(`/users/${user}/role-mappings/clients/${client}`)
      expect(left.map(({ name }) => name)).toEqual(['writer'])
      await world.admin.delete(`/${world.realm}/users/${user}/role-mappings/clients/${client}`)
      expect(await world.list(`/users/${user}/role-mappings/clients/${client}`)).toEqual([])
    })

    it('a scope with roles is left out of the tokens of those who have none of them, and its audience with it', async () => {
      const services = [billing, { name: 'reporting' }]
      await world.setup({ services })
      expect(await world.claimsOf('api://orders', 'reporting')).toMatchObject({ aud: 'api://orders' })
      const scope = await world.idOf('/client-scopes', 'name', 'api://orders')
      const client = await world.idOf('/clients', 'clientId', 'api://orders')
      const place = `/${world.realm}/client-scopes/${scope}/scope-mappings/clients/${client}`
      await world.admin.create(place, await world.list(`/clients/${client}/roles`))
      expect(await world.claimsOf('api://orders', 'reporting')).not.toHaveProperty('aud')
      expect(await world.claimsOf('api://orders')).toMatchObject({ aud: 'api://orders' })
      const { tokens } = await world.trust({ services })
      const { signal } = world.context()
      const foreseen = (name: string) => tokens.foresee(world.service({ name }), 'api://orders', 'now', signal)
      expect((await foreseen('reporting'))?.claims).not.toHaveProperty('aud')
      expect((await foreseen('billing'))?.claims).toMatchObject({ aud: 'api://orders' })
    })

    it('full scope lets every role in, and account into the audience: it is off', async () => {
      await world.admin.create(`/${world.realm}/clients`, {
        ...{ clientId: 'open', publicClient: false, serviceAccountsEnabled: true, secret: 'only-for-tests' },
      })
      await world.setup()
      const issuer = world.server.issuer(world.realm)
      const open = keycloak({ issuer, clientId: 'open', auth: clientSecret({ value: 'only-for-tests' }) })
      expect((await open.getToken()).claims).toMatchObject({ aud: 'account' })
      expect(await world.claimsOf('sts.amazonaws.com')).toMatchObject({ aud: 'sts.amazonaws.com' })
    })

    it('searching by attribute may be refused: marked objects are found by listing', async () => {
      await world.setup()
      const search = world.admin.get(`/${world.realm}/clients?q=federate.owner:acme`)
      if (attributeSearch) await search
      else await expect(search).rejects.toThrow('answered 400')
      const trust = await world.trust({ services: [], apis: [] })
      const found = (await trust.discover(world.context().signal)).map(
        ({ address }) => address.split(`${world.realm}/`)[1],
      )
      const expected = [
        'client-scope/api://orders',
        'client-scope/federate-aws',
        'client/api://orders',
        'client/billing',
      ]
      expect(found.sort()).toEqual(expected)
    })

    it('a search for a client id finds others that begin alike', async () => {
      await world.admin.create(`/${world.realm}/clients`, { clientId: 'billing-old' })
      await world.setup()
      expect(world.actions(await world.plan())).toEqual([])
      expect((await world.list('/clients')).find((one) => one['clientId'] === 'billing-old')).not.toHaveProperty(
        'attributes.federate.owner',
      )
    })

    it('a client that is made anew has another UUID: the subject for clouds stays', async () => {
      await world.setup()
      const [cloud, api] = [await world.claimsOf('sts.amazonaws.com'), await world.claimsOf('api://orders')]
      await world.admin.delete(await world.clientPlace('billing'))
      await world.setup()
      expect(await world.claimsOf('sts.amazonaws.com')).toMatchObject({ sub: cloud['sub'] })
      expect((await world.claimsOf('api://orders'))['sub']).not.toBe(api['sub'])
    })

    it('user names are in lower case, whatever the client id', async () => {
      const services = [{ ...billing, clientId: 'Billing API/1' }]
      await world.setup({ services })
      expect(world.actions(await world.plan({ services }))).toEqual([])
      const auth = clientSecret({ value: world.store.secrets.get('billing') ?? '' })
      const issuer = world.server.issuer(world.realm)
      const source = keycloak({ issuer, clientId: 'Billing API/1', auth })
      const { claims } = await source.getToken({ audience: 'sts.amazonaws.com' })
      expect(claims).toMatchObject({ sub: 'service-account-billing api/1' })
    })

    it('names with slashes and spaces are parts of paths', async () => {
      const apis = [{ ...orders, roles: ['read / write'] }]
      const services = [{ ...billing, roles: { orders: ['read / write'] } }]
      await world.setup({ services, apis })
      expect(world.actions(await world.plan({ services, apis }))).toEqual([])
      const claims = await world.claimsOf('api://orders')
      expect(claims['resource_access']).toEqual({ 'api://orders': { roles: ['read / write'] } })
    })

    it('lightweight tokens lack most claims: the switch is put back', async () => {
      await world.setup()
      const attributes = { 'client.use.lightweight.access.token.enabled': 'true' }
      const body = { clientId: 'billing', serviceAccountsEnabled: true, attributes }
      await world.admin.put(await world.clientPlace('billing'), body)
      expect(await world.claimsOf('sts.amazonaws.com')).not.toHaveProperty('environment')
      await world.setup()
      expect(await world.claimsOf('sts.amazonaws.com')).toMatchObject({ environment: 'production' })
    })

    it('tokens end with their session, however long the client says', async () => {
      await world.admin.put(`/${world.realm}`, { ssoSessionMaxLifespan: 240 })
      const warnings: string[] = []
      await world.apply(await world.plan({}, {}, warnings))
      expect(warnings).toEqual([
        'The tokens of billing are to live 1200 s, and the realm ends sessions after 240 s (SSO Session Max), and the tokens with them.',
      ])
      const { exp, iat } = await world.claimsOf('sts.amazonaws.com')
      expect(Number(exp) - Number(iat)).toBeLessThanOrEqual(240)
      const { tokens } = await world.trust()
      const token = await tokens.foresee(world.service(billing), 'sts.amazonaws.com', 'now', world.context().signal)
      expect(token?.lifetime).toBe(240)
    })

    it('a secret that is shown as asterisks is never taken for one, and never written back', async () => {
      const bodies: string[] = []
      const masking = nodeFetch()
      const plan = world.setup({
        fetch: async (url, init) => {
          bodies.push(String(init.body ?? ''))
          const answer = await masking(url, init)
          if (!url.endsWith('/client-secret')) return answer
          for await (const _ of answer.body ?? []);
          return { ...answer, status: 200, headers: answer.headers, body: maskedSecret() }
        },
      })
      await expect(plan).rejects.toMatchObject({
        code: 'APPLY_FAILED',
        details: { because: { code: 'KEYCLOAK_SECRET_MASKED' } },
      })
      expect(world.store.secrets.size).toBe(0)
      expect(bodies.join('\n')).not.toContain('****')
      await world.setup()
      expect(await world.claimsOf('sts.amazonaws.com')).toMatchObject({ sub: 'service-account-billing' })
    })
  })
}

/** What a Keycloak from 26.8 shows to those who may only look. */
async function* maskedSecret() {
  yield new TextEncoder().encode('{"type":"secret","value":"**********"}')
}
