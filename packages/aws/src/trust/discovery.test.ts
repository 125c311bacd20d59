import { applyPlan, hasChanges, makeDestroyPlan, makePlan, type Resource } from '@federate/core/plan'
import { describe, expect, it } from 'vitest'
import { AccountState } from './account-state.ts'
import { discover } from './discovery.ts'
import { roleTags } from './marks.ts'
import { MemoryIam } from './memory-iam.test-kit.ts'
import { ProviderResource } from './provider.ts'
import { RoleResource } from './role.ts'
import { trustPolicy } from './trust-policy.ts'

const signal = new AbortController().signal
const url = 'https://keycloak.example.com/realms/prod'
const providerArn = 'arn:aws:iam::123456789012:oidc-provider/keycloak.example.com/realms/prod'

function wanted(iam: MemoryIam, names: readonly string[], owner = 'acme') {
  const state = new AccountState(iam.by, [`/federate/${owner}/`])
  const provider = new ProviderResource(
    iam.by,
    state,
    { owner, url, thumbprints: [], clientIds: ['sts.amazonaws.com'] },
    names,
  )
  const roles = names.map((name) => {
    const identity = {
      owner,
      name,
      path: `/federate/${owner}/`,
      description: '',
      dependsOn: [provider.address],
      services: [name],
    }
    return new RoleResource(iam.by, state, identity, {
      trustPolicy: trustPolicy({ providerArn, issuer: url, audience: 'sts.amazonaws.com', subject: name }),
      policies: [],
      inlinePolicies: {},
      permissionsBoundary: undefined,
      maxSessionDuration: 3600,
      tags: roleTags(owner, name, 's3', {}),
    })
  })
  const resources: Resource[] = [provider, ...roles]
  const find = () =>
    discover({ by: iam.by, state, owner, wanted: new Map(resources.map((one) => [one.address, one])) }, signal)
  return { resources, find }
}

async function planOf(iam: MemoryIam, names: readonly string[], prune = false, owner = 'acme') {
  const { resources, find } = wanted(iam, names, owner)
  return makePlan({ owner, resources, found: await find(), prune, signal })
}

async function setUp(names: readonly string[], owner = 'acme', iam = new MemoryIam()) {
  await applyPlan(await planOf(iam, names, false, owner), { signal })
  return iam
}

describe('the trust in one account', () => {
  it('is set up once and then differs no more', async () => {
    const iam = await setUp(['billing', 'orders'])
    expect([...iam.roles.keys()]).toEqual(['billing', 'orders'])
    expect(hasChanges(await planOf(iam, ['billing', 'orders']))).toBe(false)
  })

  it('is read by the same number of calls for one service and for a hundred', async () => {
    const counts = []
    for (const services of [1, 100]) {
      const iam = await setUp(Array.from({ length: services }, (_, index) => `service-${index}`))
      iam.calls.length = 0
      await planOf(iam, [...iam.roles.keys()])
      counts.push([...iam.calls].sort())
    }
    const calls = [
      'GetAccountAuthorizationDetails',
      'GetOpenIDConnectProvider',
      'ListOpenIDConnectProviders',
      'ListRoles',
    ]
    expect(counts).toEqual([calls, calls])
  })

  it('finds by its marks what federate.yaml has forgotten, and prunes it', async () => {
    const iam = await setUp(['billing', 'orders'])
    const plan = await planOf(iam, ['billing'], true)
    expect(
      plan.work.filter(({ step }) => step.action !== 'none').map(({ step }) => [step.action, step.address]),
    ).toEqual([['delete', 'aws:123456789012/role/orders']])
    await applyPlan(plan, { signal })
    expect([...iam.roles.keys()]).toEqual(['billing'])
  })

  it('is destroyed roles first, and what others made or use stays', async () => {
    const iam = await setUp(['billing'])
    await setUp(['their-role'], 'other', iam)
    iam.writes.length = 0
    await applyPlan(await makeDestroyPlan({ owner: 'acme', found: await wanted(iam, []).find(), signal }), { signal })
    expect(iam.writes).toEqual(['DeleteRole', 'UntagOpenIDConnectProvider'])
    expect([...iam.roles.keys()]).toEqual(['their-role'])
    expect(iam.providers.get(providerArn)?.clientIds).toEqual(['sts.amazonaws.com'])
    expect(hasChanges(await planOf(iam, ['their-role'], false, 'other'))).toBe(false)
  })
})
