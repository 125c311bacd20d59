import { type CallContext, nodeFetch } from '@federate/core'
import { describe, expect, it } from 'vitest'
import { stringField } from './admin.ts'
import { lifeOf } from './clock.ts'
import { billing, fields, orders, type TrustWorld, type Wishes } from './trust-world.ts'

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

/** What becomes of a realm from the first setup to destroy. */
export function lifeSuite(world: TrustWorld): void {
  describe('a realm that is set up', () => {
    it('issues the tokens that were wished, and a second run changes nothing', async () => {
      const before = await world.export()
      await world.setup()
      const after = await world.export()
      expect(after).not.toEqual(before)
      expect(world.actions(await world.plan())).toEqual([])
      await world.setup()
      expect(await world.export()).toEqual(after)
      const forCloud = await world.claimsOf('sts.amazonaws.com')
      expect(forCloud).toMatchObject({
        aud: 'sts.amazonaws.com',
        azp: 'sts.amazonaws.com',
        sub: 'service-account-billing',
        ...billing.claims,
      })
      expect(forCloud).not.toHaveProperty('resource_access')
      expect(Number(forCloud['exp']) - Number(forCloud['iat'])).toEqual(lifeOf(1_200))
      const forApi = await world.claimsOf('api://orders')
      expect(forApi).toMatchObject({ aud: 'api://orders', azp: 'billing' })
      expect(forApi['resource_access']).toEqual({ 'api://orders': { roles: ['reader'] } })
      await world.destroy()
      expect(await world.export()).toEqual(before)
    })

    it('is put right after somebody changed it by hand', async () => {
      await world.setup()
      const { admin } = world
      await admin.put(await world.clientPlace('billing'), {
        clientId: 'billing',
        standardFlowEnabled: true,
        attributes: { 'access.token.lifespan': '60', 'oauth2.device.authorization.grant.enabled': 'true' },
      })
      const scope = await world.idOf('/client-scopes', 'name', 'federate-aws')
      const place = `/client-scopes/${scope}/protocol-mappers/models`
      const [mapper] = await world.list(place)
      await admin.delete(`/${world.realm}${place}/${stringField(mapper, 'id')}`)
      const drifted = await world.plan()
      expect(world.actions(drifted).sort()).toEqual(['update client-scope/federate-aws', 'update client/billing'])
      expect(fields(drifted)).toEqual(
        expect.arrayContaining([
          'standardFlowEnabled',
          'attributes.access.token.lifespan',
          'attributes.oauth2.device.authorization.grant.enabled',
        ]),
      )
      await world.apply(drifted)
      expect(world.actions(await world.plan())).toEqual([])
    })
  })

  describe('an interruption', () => {
    it('of the first setup, at any write, carried out or not: another run completes the realm', {
      timeout: 400_000,
    }, async () => {
      await world.setup()
      const whole = await world.export()
      let position = 1
      for (; ; position += 1) {
        await world.destroy()
        if (!(await cut({}, position))) break
        await world.setup()
        expect(await world.export(), `cut at write ${position}`).toEqual(whole)
        expect(await world.claimsOf('api://orders')).toHaveProperty('resource_access')
      }
      expect(position).toBeGreaterThanOrEqual(10)
      await world.setup()
      expect(world.actions(await world.plan())).toEqual([])
    })

    it('of a change that gives and takes roles: nothing of ours is left without a mark', {
      timeout: 400_000,
    }, async () => {
      const changed: Wishes = { services: [{ ...billing, roles: { orders: ['writer'] }, tokenLifetime: 600 }] }
      await world.setup(changed)
      const whole = await world.export()
      for (let position = 1; ; position += 1) {
        await world.setup()
        if (!(await cut(changed, position))) break
        await world.setup(changed)
        expect(await world.export(), `cut at write ${position}`).toEqual(whole)
      }
    })

    const cut = (wishes: Wishes, position: number) =>
      world.setup({ ...wishes, fetch: cutOff(position, position % 2 === 0) }).then(
        () => false,
        () => true,
      )
  })

  it('an API that loses a role takes it from those who had it from us', async () => {
    await world.setup()
    await world.setup({ services: [{ ...billing, roles: {} }], apis: [{ ...orders, roles: ['writer'] }] })
    expect(await world.claimsOf('api://orders')).not.toHaveProperty('resource_access')
    expect(await world.claimsOf('api://orders')).toMatchObject({ aud: 'api://orders' })
  })
}
