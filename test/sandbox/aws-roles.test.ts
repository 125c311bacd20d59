import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  type CreateRoleCommandInput,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRoleTagsCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from '@aws-sdk/client-iam'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AwsWorld, account, refusalOf, startAwsWorld, trustPolicy } from './aws-world.ts'

let world: AwsWorld
beforeEach(async () => {
  world = await startAwsWorld()
})
afterEach(() => world.close())

const readOnly = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'
const missing = { name: 'NoSuchEntityException', status: 404 }

function createRole(RoleName: string, more: Partial<CreateRoleCommandInput> = {}) {
  const AssumeRolePolicyDocument = trustPolicy('kc.example.com/realms/prod')
  return world.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument, ...more }))
}

describe('a role', () => {
  it('is created, read, changed and deleted', async () => {
    const created = await createRole('billing', {
      Path: '/federate/acme/',
      Description: 'for <billing> & others',
      MaxSessionDuration: 7200,
      PermissionsBoundary: readOnly,
      Tags: [{ Key: 'federate:owner', Value: 'acme' }],
    })
    expect(created.Role?.RoleId).toMatch(/^AROA[A-Z2-7]{17}$/)
    const named = { RoleName: 'billing' }
    await world.iam.send(new UpdateRoleCommand({ ...named, MaxSessionDuration: 3600 }))
    await world.iam.send(
      new TagRoleCommand({
        ...named,
        Tags: [
          { Key: 'FEDERATE:owner', Value: 'other' },
          { Key: 'x', Value: '' },
        ],
      }),
    )
    await world.iam.send(new UntagRoleCommand({ ...named, TagKeys: ['x'] }))
    const { Role } = await world.iam.send(new GetRoleCommand(named))
    expect(Role).toMatchObject({
      Path: '/federate/acme/',
      Arn: `arn:aws:iam::${account}:role/federate/acme/billing`,
      Description: 'for <billing> & others',
      MaxSessionDuration: 3600,
      PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: readOnly },
      Tags: [{ Key: 'FEDERATE:owner', Value: 'other' }],
    })
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toBe(trustPolicy('kc.example.com/realms/prod'))
    expect((await world.iam.send(new ListRoleTagsCommand(named))).Tags).toEqual([
      { Key: 'FEDERATE:owner', Value: 'other' },
    ])
    await world.iam.send(new DeleteRolePermissionsBoundaryCommand(named))
    expect(await refusalOf(world.iam.send(new DeleteRolePermissionsBoundaryCommand(named)))).toMatchObject(missing)
    await world.iam.send(new DeleteRoleCommand(named))
    expect(await refusalOf(world.iam.send(new GetRoleCommand(named)))).toEqual({
      ...missing,
      message: 'The role with name billing cannot be found.',
    })
  })

  it('has policies, and cannot be deleted with them', async () => {
    await createRole('billing')
    const named = { RoleName: 'billing' }
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' },
    })
    await world.iam.send(new AttachRolePolicyCommand({ ...named, PolicyArn: readOnly }))
    await world.iam.send(new PutRolePolicyCommand({ ...named, PolicyName: 'inline', PolicyDocument }))
    const attached = await world.iam.send(new ListAttachedRolePoliciesCommand(named))
    expect(attached.AttachedPolicies).toEqual([{ PolicyName: 'AmazonS3ReadOnlyAccess', PolicyArn: readOnly }])
    expect((await world.iam.send(new ListRolePoliciesCommand(named))).PolicyNames).toEqual(['inline'])
    const inline = await world.iam.send(new GetRolePolicyCommand({ ...named, PolicyName: 'inline' }))
    expect(decodeURIComponent(inline.PolicyDocument ?? '')).toBe(PolicyDocument)
    expect(await refusalOf(world.iam.send(new DeleteRoleCommand(named)))).toEqual({
      name: 'DeleteConflictException',
      message: 'Cannot delete entity, must detach all policies first.',
      status: 409,
    })
    await world.iam.send(new DetachRolePolicyCommand({ ...named, PolicyArn: readOnly }))
    expect(
      await refusalOf(world.iam.send(new DetachRolePolicyCommand({ ...named, PolicyArn: readOnly }))),
    ).toMatchObject(missing)
    expect((await refusalOf(world.iam.send(new DeleteRoleCommand(named)))).name).toBe('DeleteConflictException')
    await world.iam.send(new DeleteRolePolicyCommand({ ...named, PolicyName: 'inline' }))
    expect(
      await refusalOf(world.iam.send(new DeleteRolePolicyCommand({ ...named, PolicyName: 'inline' }))),
    ).toMatchObject(missing)
    await world.iam.send(new DeleteRoleCommand(named))
  })

  it('takes only policies that exist, ten of them', async () => {
    await createRole('billing')
    const attach = (PolicyArn: string) =>
      world.iam.send(new AttachRolePolicyCommand({ RoleName: 'billing', PolicyArn }))
    const own = `arn:aws:iam::${account}:policy/own`
    expect(await refusalOf(attach(own))).toMatchObject(missing)
    expect(await refusalOf(attach('arn:aws-cn:iam::aws:policy/AmazonS3ReadOnlyAccess'))).toMatchObject(missing)
    world.aws.account(account).customerPolicies.add(own)
    await attach(own)
    for (let index = 0; index < 9; index += 1) await attach(`${readOnly}${index}`)
    expect((await refusalOf(attach(readOnly))).name).toBe('LimitExceededException')
    const boundary = new PutRolePermissionsBoundaryCommand({ RoleName: 'billing', PermissionsBoundary: `${own}x` })
    expect(await refusalOf(world.iam.send(boundary))).toMatchObject(missing)
  })

  it.each<[string, Partial<CreateRoleCommandInput>, string]>([
    ['a name of 65 characters', { RoleName: 'x'.repeat(65) }, 'ValidationError'],
    ['a path without slashes', { Path: 'acme' }, 'ValidationError'],
    ['thirteen hours', { MaxSessionDuration: 46_800 }, 'ValidationError'],
    ['a trust policy that is not JSON', { AssumeRolePolicyDocument: '{' }, 'MalformedPolicyDocumentException'],
    [
      'a trust policy with Resource',
      { AssumeRolePolicyDocument: trustPolicy('kc.example.com').replace('"Effect"', '"Resource":"*","Effect"') },
      'MalformedPolicyDocumentException',
    ],
    [
      'a trust policy over the quota',
      { AssumeRolePolicyDocument: trustPolicy('kc.example.com', 'x'.repeat(2048)) },
      'LimitExceededException',
    ],
    ['a tag of AWS', { Tags: [{ Key: 'aws:x', Value: '' }] }, 'InvalidInputException'],
  ])('with %s is refused and not created', async (_, input, name) => {
    expect((await refusalOf(createRole('billing', input))).name).toBe(name)
    expect(world.aws.account(account).roles.size).toBe(0)
  })

  it('has a name of its own, whatever its case', async () => {
    await createRole('billing')
    expect(await refusalOf(createRole('Billing'))).toMatchObject({ name: 'EntityAlreadyExistsException', status: 409 })
  })

  it('keeps its trust policy when the new one is refused', async () => {
    await createRole('billing')
    const PolicyDocument = '{}'
    const call = world.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'billing', PolicyDocument }))
    expect((await refusalOf(call)).name).toBe('MalformedPolicyDocumentException')
    expect(world.aws.account(account).roles.get('billing')?.trustPolicy).toBe(trustPolicy('kc.example.com/realms/prod'))
  })
})
