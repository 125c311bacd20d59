import { describe, expect, it } from 'vitest'
import { billing, orders, type TrustWorld, type Wishes } from './trust-world.ts'

/** What is not the owner's, and what others put on what is. */
export function ownershipSuite(world: TrustWorld): void {
  const warningsOf = async (wishes: Wishes = {}) => {
    const warnings: string[] = []
    await world.plan(wishes, {}, warnings)
    return warnings
  }
  const byHand = () => ({
    name: 'by hand',
    protocol: 'openid-connect',
    protocolMapper: 'oidc-hardcoded-claim-mapper',
    config: {
      'claim.name': 'hand',
      'claim.value': 'made',
      'jsonType.label': 'String',
      'access.token.claim': 'true',
    },
  })

  describe("what is not the owner's", () => {
    it('is left alone and blocks the plan, until it is adopted', async () => {
      await world.admin.create(`/${world.realm}/clients`, { clientId: 'billing', standardFlowEnabled: true })
      const blocked = await world.plan()
      expect(world.actions(blocked)).toContain('blocked client/billing')
      await expect(world.apply(blocked)).rejects.toMatchObject({ code: 'PLAN_BLOCKED' })
      const address = blocked.work.find(({ step }) => step.action === 'blocked')?.step.address ?? ''
      await world.setup({}, { adopt: new Set([address]) })
      expect(world.actions(await world.plan())).toEqual([])
      expect(await world.claimsOf('sts.amazonaws.com')).toMatchObject({ sub: 'service-account-billing' })
    })

    it('stays when it was adopted and everything is destroyed', async () => {
      await world.admin.create(`/${world.realm}/clients`, { clientId: 'billing', standardFlowEnabled: true })
      const [blocked] = (await world.plan()).work.filter(({ step }) => step.action === 'blocked')
      await world.setup({}, { adopt: new Set([blocked?.step.address ?? '']) })
      await world.destroy()
      const left = (await world.list('/clients')).find((one) => one['clientId'] === 'billing')
      expect(JSON.stringify(left?.['attributes'])).not.toContain('federate')
      expect(world.actions(await world.plan())).toContain('blocked client/billing')
    })

    it('stays when two owners use one realm, and one of them goes', async () => {
      await world.setup()
      const theirs: Wishes = { owner: 'other', services: [{ name: 'payroll' }], apis: [] }
      const shared = await world.plan(theirs)
      expect(world.actions(shared)).toEqual(['update client-scope/federate-aws', 'create client/payroll'])
      await world.apply(shared)
      expect(world.actions(await world.plan())).toEqual([])
      await world.destroy()
      expect(world.actions(await world.plan(theirs))).toEqual([])
      expect(await world.claimsOf('sts.amazonaws.com', 'payroll')).toMatchObject({ sub: 'service-account-payroll' })
      const third = { owner: 'third', services: [{ name: 'payroll' }], apis: [] }
      expect(world.actions(await world.plan(third))).toContain('blocked client/payroll')
    })

    it('goes with --prune when it was ours and left the file', async () => {
      await world.setup({ services: [billing, { name: 'payroll' }] })
      expect(world.actions(await world.plan())).toEqual(['unwanted client/payroll'])
      await world.setup({}, { prune: true })
      expect((await world.list('/clients')).map((one) => one['clientId'])).not.toContain('payroll')
    })
  })

  describe('an API that loses its last role', () => {
    it('loses its client by --prune in the same run that takes the role from the services', async () => {
      await world.setup()
      const without: Wishes = { services: [{ ...billing, roles: {} }], apis: [{ ...orders, roles: [] }] }
      const made = await world.plan(without, { prune: true })
      expect(world.actions(made)).toEqual([
        'delete client/api://orders',
        'update client-scope/api://orders',
        'update client/billing',
      ])
      await world.apply(made)
      expect(world.actions(await world.plan(without))).toEqual([])
      expect(await world.claimsOf('api://orders')).not.toHaveProperty('resource_access')
    })
  })

  describe('what was added to ours by hand', () => {
    it('is kept and reported: a mapper on a client, a mapper on a scope, a scope, a role', async () => {
      await world.setup()
      const place = await world.clientPlace('billing')
      const scope = await world.idOf('/client-scopes', 'name', 'federate-aws')
      await world.admin.create(`${place}/protocol-mappers/models`, byHand())
      const other = { ...byHand(), config: { ...byHand().config, 'claim.name': 'other' } }
      await world.admin.create(`/${world.realm}/client-scopes/${scope}/protocol-mappers/models`, other)
      const more = await world.admin.create(`/${world.realm}/client-scopes`, {
        name: 'more',
        protocol: 'openid-connect',
      })
      await world.admin.put(`${place}/default-client-scopes/${more}`)
      await world.grant('billing', 'api://orders', ['writer'])
      expect(await warningsOf()).toEqual([
        expect.stringContaining(
          'client scope federate-aws has what federate did not put there, and leaves alone: mapper by hand',
        ),
        expect.stringContaining('client scope more, mapper by hand, role writer of api://orders'),
      ])
      expect(world.actions(await world.plan())).toEqual([])
      await world.setup({ services: [{ ...billing, tokenLifetime: 600 }] })
      expect(await world.claimsOf('sts.amazonaws.com')).toMatchObject({ hand: 'made', other: 'made' })
    })
  })

  describe('a danger', () => {
    const cloudScopeOn = async (clientId: string) => {
      const scope = await world.idOf('/client-scopes', 'name', 'federate-aws')
      await world.admin.put(`${await world.clientPlace(clientId)}/optional-client-scopes/${scope}`)
    }

    it.each([
      ['a login page', { standardFlowEnabled: true }],
      ['passwords', { standardFlowEnabled: false, directAccessGrantsEnabled: true }],
      ['devices', { standardFlowEnabled: false, attributes: { 'oauth2.device.authorization.grant.enabled': 'true' } }],
    ])('is a client with the scope of a cloud that lets people in by %s', async (_what, flags) => {
      await world.setup()
      await world.admin.create(`/${world.realm}/clients`, { clientId: 'portal', ...flags })
      await cloudScopeOn('portal')
      expect(await warningsOf()).toEqual([
        "Danger: the client portal lets people log in and has the scope federate-aws: a person's user name becomes a subject in the cloud. Take the scope off that client.",
      ])
    })

    it('is no client that lets in services only', async () => {
      await world.setup()
      const machine = { clientId: 'machine', standardFlowEnabled: false, serviceAccountsEnabled: true }
      await world.admin.create(`/${world.realm}/clients`, machine)
      await cloudScopeOn('machine')
      expect(await warningsOf()).toEqual([])
    })

    it("is the scope of a cloud among the realm's default scopes", async () => {
      await world.setup()
      const scope = await world.idOf('/client-scopes', 'name', 'federate-aws')
      await world.admin.put(`/${world.realm}/default-default-client-scopes/${scope}`)
      expect(await warningsOf()).toEqual([
        expect.stringContaining(
          `Danger: the scope federate-aws is among the default client scopes of the realm ${world.realm}`,
        ),
      ])
    })
  })
}
