import { applyPlan, hasChanges } from '@federate/core/plan'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { byApplication, byIdentity, group, signal, startWorld, subscription, tenant, type World } from './world.ts'

let world: World
const steps = (done: readonly { readonly action: string; readonly address: string }[]) =>
  done.map(({ action, address }) => `${action} ${address.replace(tenant, 'T').replace(group, 'G')}`)
const state = () => world.sandbox.azure.tenant(tenant)
const writes = () => world.sandbox.azure.requests.filter((one) => /^(PUT|PATCH|DELETE)/.test(one))

beforeAll(async () => {
  world = await startWorld(['billing', 'reporting', 'mirror'])
})

afterAll(() => world.sandbox.close())

beforeEach(() => {
  const { applications, servicePrincipals, identities, assignments, policy } = state()
  for (const part of [applications, servicePrincipals, identities, assignments]) part.clear()
  Object.assign(policy, { mayRegister: true, refusal: undefined })
  Object.assign(world.sandbox.azure.delays, { staleTokens: 0, staleReads: 0, unknownPrincipals: 0, write: 0 })
  world.waits.length = 0
  world.warnings.length = 0
})

describe('setup azure', () => {
  it('makes application, service principal, federated credential and role, and a token is exchanged', async () => {
    const wanted = await world.wanted({ billing: byApplication })
    expect(steps(await world.setUp(wanted)).sort()).toEqual([
      'create azure:T/application/billing',
      'create azure:T/application/billing/federated-credential/federate_acme_billing_files',
      'create azure:T/application/billing/role/Storage Blob Data Reader@G',
      'create azure:T/service-principal/billing',
    ])
    const credentials = await world.exchange(wanted, 'billing')
    const [application] = state().applications.values()
    expect(credentials.identity).toBe(`client ${application?.appId} in tenant ${tenant}`)
    expect(application).toMatchObject({ signInAudience: 'AzureADMyOrg', tags: ['federate:owner=acme'] })
    expect(application?.federatedCredentials).toMatchObject([
      { issuer: world.issuer, subject: 'service-account-billing', audiences: ['api://AzureADTokenExchange'] },
    ])
  })

  it('does the same by a managed identity', async () => {
    const wanted = await world.wanted({ reporting: byIdentity })
    await world.setUp(wanted)
    const [identity] = state().identities.values()
    expect(identity).toMatchObject({ tags: { 'federate:owner': 'acme' }, location: 'westeurope' })
    expect((await world.exchange(wanted, 'reporting')).identity).toContain(identity?.clientId)
  })

  it('changes nothing when run again', async () => {
    const wanted = await world.wanted({ billing: byApplication, reporting: byIdentity })
    await world.setUp(wanted)
    const before = writes().length
    expect(hasChanges(await world.plan(wanted))).toBe(false)
    expect(await world.setUp(wanted)).toEqual([])
    expect(writes()).toHaveLength(before)
  })

  it('asks for as much for ten services as for one', async () => {
    const calls = async (count: number) => {
      const names = Array.from({ length: count }, (_, index) => `service-${index}`)
      const wishes = names.map((name) => [name, { ...byApplication, application: name }])
      const before = world.sandbox.azure.requests.length
      await world.plan(await world.wanted(Object.fromEntries(wishes)))
      return world.sandbox.azure.requests
        .slice(before)
        .filter((one) => !one.includes('/oauth2/') && !one.includes('.well-known')).length
    }
    expect(await calls(10)).toBe(await calls(1))
  })

  it('gives two targets of one service one federated credential, which outlives either name', async () => {
    const wanted = await world.wanted({ billing: byApplication })
    const [target] = wanted.targets
    if (target === undefined) throw new Error('nothing is wanted')
    const vault = { ...target, name: 'vault' }
    await world.setUp({ ...wanted, targets: [target, vault] })
    const names = () => [...state().applications.values()][0]?.federatedCredentials.map(({ name }) => name)
    expect(names()).toEqual(['federate_acme_billing_files'])
    const renamed = { ...wanted, targets: [vault] }
    expect(hasChanges(await world.plan(renamed, { prune: true }))).toBe(false)
    expect((await world.exchange(renamed, 'billing')).identity).toContain(`in tenant ${tenant}`)
    await world.destroy(renamed)
    expect(state().applications.size).toBe(0)
  })

  it('repairs what somebody changed, and nothing else', async () => {
    const wanted = await world.wanted({ billing: byApplication })
    await world.setUp(wanted)
    const [application] = state().applications.values()
    const [own] = application?.federatedCredentials ?? []
    if (application === undefined || own === undefined) throw new Error('nothing was made')
    const foreign = { ...own, id: 'x', name: 'by-hand', subject: 'somebody-else' }
    application.federatedCredentials = [{ ...own, subject: 'service-account-other' }, foreign]
    application.tags.push('of-a-colleague')
    expect(steps(await world.setUp(wanted))).toEqual([
      'update azure:T/application/billing/federated-credential/federate_acme_billing_files',
    ])
    expect(application.federatedCredentials.map(({ subject }) => subject)).toEqual(
      expect.arrayContaining(['somebody-else', 'service-account-billing']),
    )
    expect(application.tags).toContain('of-a-colleague')
  })

  it('waits for principals, new objects and overlapping writes, by series and by reading back', async () => {
    Object.assign(world.sandbox.azure.delays, { staleReads: 2, unknownPrincipals: 3, write: 5 })
    const shared = { ...byApplication, application: 'shared' }
    const wanted = await world.wanted({ billing: shared, reporting: shared, mirror: shared })
    await world.setUp(wanted)
    const [application] = state().applications.values()
    expect(application?.federatedCredentials.map(({ name }) => name).sort()).toEqual([
      'federate_acme_billing_files',
      'federate_acme_mirror_files',
      'federate_acme_reporting_files',
    ])
    expect(state().assignments.size).toBe(1)
    expect(world.waits.length).toBeGreaterThanOrEqual(5)
  })

  it('honours Retry-After', async () => {
    world.sandbox.azure.faults.throttleNext('graph write', 7)
    await world.setUp(await world.wanted({ billing: byApplication }))
    expect(world.waits).toContain(7)
  })
})

describe('destroy azure', () => {
  it('takes away what is ours and leaves everything else', async () => {
    const wanted = await world.wanted({ billing: byApplication, reporting: byIdentity })
    await world.setUp(wanted)
    const others = { id: 'o', appId: 'o', uniqueName: 'theirs', displayName: 'theirs', signInAudience: 'AzureADMyOrg' }
    state().applications.set('o', { ...others, tags: [], federatedCredentials: [] })
    const actions = steps(await world.destroy(wanted))
    expect(actions).toHaveLength(7)
    expect(actions.at(-1)).toMatch(/^delete azure:(T\/application\/billing|\/subscriptions.*)$/)
    expect([...state().applications.keys()]).toEqual(['o'])
    expect([state().servicePrincipals.size, state().identities.size, state().assignments.size]).toEqual([0, 0, 0])
  })

  it('finds what federate.yaml has forgotten, with --prune', async () => {
    await world.setUp(
      await world.wanted({ billing: byApplication, mirror: { ...byApplication, application: 'mirror' } }),
    )
    const plan = await world.plan(await world.wanted({ billing: byApplication }), { prune: true })
    const deleted = plan.work.filter(({ step }) => step.action === 'delete').map(({ step }) => step.label)
    expect(deleted).toHaveLength(4)
    expect(deleted.at(-1)).toContain('application mirror')
  })

  it('releases an application that was there before', async () => {
    const there = { id: 'a', appId: '11111111-2222-4333-8444-555555555555', uniqueName: null, displayName: 'billing' }
    state().applications.set('a', { ...there, signInAudience: 'AzureADMyOrg', tags: ['x'], federatedCredentials: [] })
    const wanted = await world.wanted({ billing: byApplication })
    const blocked = await world.plan(wanted)
    expect(blocked.work.find(({ step }) => step.action === 'blocked')?.step.reason).toContain('bears no mark')
    const address = `azure:${tenant}/application/billing`
    await applyPlan(await world.plan(wanted, { adopt: [address] }), { signal })
    expect(hasChanges(await world.plan(wanted))).toBe(false)
    await world.destroy(wanted)
    expect(state().applications.get('a')).toMatchObject({ tags: ['x'], federatedCredentials: [] })
  })
})

describe('what setup azure refuses', () => {
  it('more than twenty services on one application, with the arithmetic', async () => {
    const names = Array.from({ length: 23 }, (_, index) => [`service-${index}`, byApplication])
    await expect(world.trust(await world.wanted(Object.fromEntries(names)))).rejects.toMatchObject({
      code: 'AZURE_PARENT_FULL',
      problem:
        'The application billing would hold 23 federated credentials, one for each service in federate.yaml that becomes it. Entra takes 20: 23 - 20 = 3 too many.',
      next: 'In federate.yaml, give 3 services another application, such as billing-2 (at most 20 services each): services.service-20.targets.files, services.service-21.targets.files, services.service-22.targets.files.',
    })
  })

  it('so many services on one identity that three are needed', async () => {
    const names = Array.from({ length: 50 }, (_, index) => [`service-${index}`, byIdentity])
    await expect(world.trust(await world.wanted(Object.fromEntries(names)))).rejects.toMatchObject({
      code: 'AZURE_PARENT_FULL',
      problem: expect.stringContaining('The managed identity reporting would hold 50'),
      next: expect.stringContaining(
        'give 30 services another managedIdentity.name, such as reporting-2, reporting-3 (at most 20 services each): services.service-20.targets.files, ',
      ),
    })
  })

  it('services that find no place beside what others have put there, before it writes anything', async () => {
    const first = await world.wanted({ billing: byApplication })
    await world.setUp(first)
    const [application] = state().applications.values()
    const [own] = application?.federatedCredentials ?? []
    if (application === undefined || own === undefined) throw new Error('nothing was made')
    const stored = (name: string) => ({ ...own, id: name, name, subject: name })
    const theirs = Array.from({ length: 14 }, (_, index) => stored(`by-hand-${index}`))
    application.federatedCredentials = [own, stored('federate_acme_gone_files'), ...theirs]
    const names = ['billing', ...Array.from({ length: 5 }, (_, index) => `service-${index}`)]
    const wanted = await world.wanted(Object.fromEntries(names.map((name) => [name, byApplication])))
    const before = writes().length
    await expect(world.plan(wanted)).rejects.toMatchObject({
      code: 'AZURE_PARENT_FULL',
      problem:
        'The application billing would hold 21 federated credentials: 6 for services in federate.yaml, and 15 that are there already (federate_acme_gone_files, by-hand-0, by-hand-1, by-hand-2, by-hand-3 and 10 more). Entra takes 20: 21 - 20 = 1 too many.',
      next: 'In federate.yaml, give 1 service another application, such as billing-2 (at most 20 services each): services.service-4.targets.files. Targets that have left federate.yaml hold 1: `federate setup azure --prune`, run before the new services are added, frees that many.',
    })
    expect(writes()).toHaveLength(before)
  })

  it('the 21st credential of an application that others fill', async () => {
    const wanted = await world.wanted({ billing: byApplication })
    await world.setUp(wanted)
    const [application] = state().applications.values()
    const [own] = application?.federatedCredentials ?? []
    if (application === undefined || own === undefined) throw new Error('nothing was made')
    application.federatedCredentials = Array.from({ length: 20 }, (_, index) => ({
      ...own,
      name: `c-${index}`,
      subject: `${index}`,
    }))
    await expect(world.plan(wanted)).rejects.toMatchObject({
      code: 'AZURE_PARENT_FULL',
      problem: expect.stringContaining('21 - 20 = 1 too many'),
    })
  })

  it('two targets of one service on one application that want different audiences', async () => {
    const wanted = await world.wanted({ billing: byApplication })
    const [service, target] = [wanted.services[0], wanted.targets[0]]
    if (service === undefined || target === undefined) throw new Error('nothing is wanted')
    const vault = { ...target, name: 'vault', wish: { ...target.wish, audience: 'api://vault' } }
    await expect(world.trust({ services: [service], targets: [target, vault] })).rejects.toMatchObject({
      code: 'AZURE_CREDENTIAL_TWIN',
      problem:
        'services.billing.targets.files and services.billing.targets.vault become the application billing by the same issuer and subject for different audiences, "api://AzureADTokenExchange" and "api://vault", and Entra stores each pair of issuer and subject once.',
    })
  })

  it('the same issuer and subject twice on one parent', async () => {
    const wanted = await world.wanted({ billing: byApplication })
    await world.setUp(wanted)
    const [application] = state().applications.values()
    const [own] = application?.federatedCredentials ?? []
    if (application === undefined || own === undefined) throw new Error('nothing was made')
    application.federatedCredentials = [{ ...own, name: 'by-hand', audiences: ['other'] }]
    await expect(world.plan(wanted)).rejects.toMatchObject({
      code: 'AZURE_CREDENTIAL_TWIN',
      problem:
        'The federated credential federate_acme_billing_files cannot be stored in the application billing: The credential "by-hand" has this issuer and subject already, and a parent takes each pair once.',
    })
  })

  it.each([
    [
      'a subject of more than 600 characters',
      { subject: 'x'.repeat(601) },
      'The subject has 601 characters; Entra stores 600.',
    ],
    [
      'an issuer of more than 600 characters',
      { issuer: { url: `https://kc.example.com/realms/${'x'.repeat(571)}`, kind: 'keycloak' } },
      'The issuer has 601 characters; Entra stores 600.',
    ],
  ] as const)('%s', async (_, changed, words) => {
    const wanted = await world.wanted({ billing: byApplication })
    const services = wanted.services.map((service) => ({ ...service, ...changed }))
    await expect(world.plan({ ...wanted, services })).rejects.toMatchObject({
      code: 'AZURE_TRUST_VALUE',
      problem: expect.stringContaining(words),
    })
  })

  it('an application name that several have', async () => {
    for (const id of ['a', 'b'])
      state().applications.set(id, {
        id,
        appId: id,
        uniqueName: null,
        displayName: 'billing',
        signInAudience: 'AzureADMyOrg',
        tags: [],
        federatedCredentials: [],
      })
    await expect(world.plan(await world.wanted({ billing: byApplication }))).rejects.toMatchObject({
      code: 'AZURE_APPLICATION_AMBIGUOUS',
      problem: 'The tenant has 2 applications that are called billing (a, b), and it cannot be told which is meant.',
    })
  })

  it('a tenant whose users may not register applications, and suggests a managed identity', async () => {
    state().policy.mayRegister = false
    const error = await world.setUp(await world.wanted({ billing: byApplication })).catch((one: unknown) => one)
    expect(error).toMatchObject({
      code: 'APPLY_FAILED',
      message: expect.stringContaining('AZURE_MAY_NOT_REGISTER'),
    })
    expect(String(error)).toContain('use managedIdentity instead of application')
  })

  it.each([
    [
      'a role that is not there',
      { role: 'Storage Blob Reader', scope: group },
      'AZURE_ROLE_UNKNOWN',
      `There is no role "Storage Blob Reader" that can be given in /subscriptions/${subscription}.`,
    ],
    [
      'a subscription that is not there, or of another tenant',
      { role: 'Reader', scope: '/subscriptions/11111111-2222-4333-8444-555555555555' },
      'AZURE_SUBSCRIPTION_NOT_FOUND',
      "SubscriptionNotFound: The subscription '11111111-2222-4333-8444-555555555555' could not be found",
    ],
    [
      'a resource group that is not there',
      { role: 'Reader', scope: `/subscriptions/${subscription}/resourceGroups/nowhere` },
      'APPLY_FAILED',
      "ResourceGroupNotFound: Resource group 'nowhere' could not be found",
    ],
  ])('%s', async (_, role, code, words) => {
    const wanted = await world.wanted({ billing: { ...byApplication, roles: [role] } })
    await expect(world.setUp(wanted)).rejects.toMatchObject({ code, problem: expect.stringContaining(words) })
  })

  it('a role name that two roles have', async () => {
    const { roles } = state()
    roles.push({ id: '00000000-0000-4000-8000-000000000001', name: 'Storage Blob Data Reader' })
    await expect(world.plan(await world.wanted({ billing: byApplication }))).rejects.toMatchObject({
      code: 'AZURE_ROLE_AMBIGUOUS',
      next: 'Write the id of the one that is meant as role in federate.yaml.',
    })
    roles.pop()
  })

  it('a tenant that does not exist', async () => {
    const other = '11111111-2222-4333-8444-555555555555'
    await expect(
      world.plan(await world.wanted({ billing: { ...byApplication, tenant: other } })),
    ).rejects.toMatchObject({
      code: 'AZURE_NO_CREDENTIALS',
      problem: `No administrator's access to tenant ${other} (login: default): Entra knows no tenant ${other} (endpoints_resolution_error).`,
      next: expect.stringContaining(`az login --tenant ${other}`),
    })
  })
})
