import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  type CreateRoleCommandInput,
  GetAccountAuthorizationDetailsCommand,
  ListOpenIDConnectProvidersCommand,
  ListRolesCommand,
  paginateListRoles,
} from '@aws-sdk/client-iam'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AwsWorld, account, refusalOf, startAwsWorld, trustPolicy } from './aws-world.ts'

let world: AwsWorld
beforeEach(async () => {
  world = await startAwsWorld()
})
afterEach(() => world.close())

const readOnly = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'

function createRole(RoleName: string, more: Partial<CreateRoleCommandInput> = {}) {
  const AssumeRolePolicyDocument = trustPolicy('kc.example.com/realms/prod')
  return world.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument, ...more }))
}

describe('lists', () => {
  it('of roles are cut by path and page', async () => {
    for (const name of ['a', 'b', 'c']) await createRole(name, { Path: '/federate/acme/' })
    await createRole('d')
    const names: string[] = []
    for await (const page of paginateListRoles({ client: world.iam, pageSize: 2 }, { PathPrefix: '/federate/acme/' }))
      names.push(...(page.Roles ?? []).map((role) => role.RoleName ?? ''))
    expect(names).toEqual(['a', 'b', 'c'])
    expect((await world.iam.send(new ListRolesCommand({}))).Roles).toHaveLength(4)
  })

  it('of everything have documents URL-encoded, but no duration', async () => {
    await createRole('billing', { MaxSessionDuration: 7200, Tags: [{ Key: 'k', Value: 'v' }] })
    await world.iam.send(new AttachRolePolicyCommand({ RoleName: 'billing', PolicyArn: readOnly }))
    const details = await world.iam.send(new GetAccountAuthorizationDetailsCommand({ Filter: ['Role'] }))
    const [role] = details.RoleDetailList ?? []
    expect(role).toMatchObject({
      RoleName: 'billing',
      Tags: [{ Key: 'k', Value: 'v' }],
      AttachedManagedPolicies: [{ PolicyArn: readOnly }],
    })
    expect(decodeURIComponent(role?.AssumeRolePolicyDocument ?? '')).toBe(trustPolicy('kc.example.com/realms/prod'))
    expect(role).not.toHaveProperty('MaxSessionDuration')
    const users = await world.iam.send(new GetAccountAuthorizationDetailsCommand({ Filter: ['User'] }))
    expect(users.RoleDetailList).toEqual([])
  })
})

describe('faults and counters', () => {
  const list = () => world.iam.send(new ListRolesCommand({}))

  it('answer the next calls of an action only', async () => {
    world.aws.faults.denyNext('ListRoles')
    world.aws.faults.throttleNext('ListRoles', 2)
    world.aws.faults.failNext('ListRoles', 503)
    world.aws.faults.delayNext('ListRoles', 20)
    await world.iam.send(new ListOpenIDConnectProvidersCommand({}))
    const names: string[] = []
    for (let index = 0; index < 4; index += 1) names.push((await refusalOf(list())).name)
    expect(names).toEqual(['AccessDenied', 'Throttling', 'Throttling', 'ServiceUnavailable'])
    expect((await list()).Roles).toEqual([])
  })

  it('count what came', async () => {
    await list()
    await refusalOf(createRole('x'.repeat(65)))
    await refusalOf(world.assume('opaque'))
    expect(world.aws.requests).toEqual([
      { action: 'ListRoles', account },
      { action: 'CreateRole', account },
      { action: 'AssumeRoleWithWebIdentity' },
    ])
  })

  it('name the accounts when one is unknown', () => {
    expect(() => world.aws.adminCredentials('1')).toThrow(
      expect.objectContaining({ code: 'SANDBOX_ACCOUNT_UNKNOWN', problem: expect.stringContaining(account) }),
    )
  })
})
