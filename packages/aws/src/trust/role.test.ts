import { TagRoleCommand } from '@aws-sdk/client-iam'
import { describe, expect, it } from 'vitest'
import { AccountState } from './account-state.ts'
import { roleTags } from './marks.ts'
import { MemoryIam } from './memory-iam.test-kit.ts'
import { RoleResource } from './role.ts'
import type { DesiredRole } from './role-changes.ts'
import { trustPolicy } from './trust-policy.ts'

const signal = new AbortController().signal
const issuer = 'https://keycloak.example.com/realms/prod'
const readOnly = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'
const fullAccess = 'arn:aws:iam::aws:policy/AmazonS3FullAccess'
const boundary = 'arn:aws:iam::123456789012:policy/boundary'

const wish: DesiredRole = {
  trustPolicy: trustPolicy({
    providerArn: 'arn:aws:iam::123456789012:oidc-provider/keycloak.example.com/realms/prod',
    issuer,
    audience: 'sts.amazonaws.com',
    subject: 'service-account-billing',
  }),
  policies: [readOnly],
  inlinePolicies: {
    logs: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'logs:*', Resource: '*' }] },
  },
  permissionsBoundary: boundary,
  maxSessionDuration: 3600,
  tags: roleTags('acme', 'billing', 's3', { Team: 'pay' }),
}

function roleIn(iam: MemoryIam, change: Partial<DesiredRole> = {}, owner = 'acme') {
  const identity = {
    owner,
    name: 'billing',
    path: '/federate/acme/',
    description: 'x',
    dependsOn: ['aws:123456789012/oidc-provider/keycloak.example.com/realms/prod'],
    services: ['billing'],
  }
  return new RoleResource(iam.by, new AccountState(iam.by, [`/federate/${owner}/`]), identity, { ...wish, ...change })
}

async function existing(resource: RoleResource) {
  const actual = await resource.reread(signal)
  if (actual === undefined) throw new Error('the role is not there')
  return actual
}

async function made(): Promise<MemoryIam> {
  const iam = new MemoryIam()
  await roleIn(iam).create(wish, signal)
  return iam
}

async function update(resource: RoleResource) {
  return resource.update(resource.desired(), await existing(resource), signal)
}

describe('a role', () => {
  it('is made under our path with its marks, and differs no more, read in bulk or alone', async () => {
    const iam = new MemoryIam()
    const resource = roleIn(iam)
    const created = await resource.create(resource.desired(), signal)
    expect(created.arn).toBe('arn:aws:iam::123456789012:role/federate/acme/billing')
    expect(iam.writes).toEqual(['CreateRole', 'AttachRolePolicy', 'PutRolePolicy'])
    for (const actual of [created, await resource.read(signal), await resource.reread(signal)]) {
      expect(actual).toMatchObject({ name: 'billing', maxSessionDuration: 3600, permissionsBoundary: boundary })
      expect(resource.diff(resource.desired(), actual)).toEqual([])
    }
    expect(resource.ownership(created)).toBe('ours')
  })

  it('shows what differs field by field', async () => {
    const iam = await made()
    const changed = roleIn(iam, {
      policies: [fullAccess],
      inlinePolicies: {},
      permissionsBoundary: undefined,
      maxSessionDuration: 7200,
      tags: roleTags('acme', 'billing', 's3', {}),
    })
    expect(changed.diff(changed.desired(), await existing(changed))).toEqual([
      {
        field: 'managed policies',
        before: { kind: 'value', value: [readOnly] },
        after: { kind: 'value', value: [fullAccess] },
      },
      { field: 'inline policy logs', before: { kind: 'value', value: wish.inlinePolicies['logs'] } },
      { field: 'permissions boundary', before: { kind: 'value', value: boundary } },
      {
        field: 'maximum session duration (seconds)',
        before: { kind: 'value', value: 3600 },
        after: { kind: 'value', value: 7200 },
      },
      { field: 'tags.Team', before: { kind: 'value', value: 'pay' } },
      { field: 'tags.federate:tags', before: { kind: 'value', value: 'Team' } },
    ])
  })

  it('is changed by taking before giving, and is then as wished', async () => {
    const iam = await made()
    iam.writes.length = 0
    const changed = roleIn(iam, {
      trustPolicy: trustPolicy({ providerArn: 'arn:p', issuer, audience: 'a', subject: 'service-account-other' }),
      policies: [fullAccess],
      inlinePolicies: { s3: { Version: '2012-10-17', Statement: [] } },
      permissionsBoundary: 'arn:aws:iam::123456789012:policy/narrower',
      maxSessionDuration: 7200,
      tags: roleTags('acme', 'other', 's3', {}),
    })
    const after = await update(changed)
    expect(iam.writes).toEqual([
      'TagRole',
      'PutRolePermissionsBoundary',
      'DetachRolePolicy',
      'DeleteRolePolicy',
      'UpdateAssumeRolePolicy',
      'AttachRolePolicy',
      'PutRolePolicy',
      'UpdateRole',
      'UntagRole',
    ])
    expect(changed.diff(changed.desired(), after)).toEqual([])
  })

  it('is not planned beside one whose name differs by case only', async () => {
    const iam = await made()
    const state = new AccountState(iam.by, ['/federate/acme/'])
    const identity = {
      owner: 'acme',
      name: 'Billing',
      path: '/federate/acme/',
      description: '',
      dependsOn: [],
      services: [],
    }
    await expect(new RoleResource(iam.by, state, identity, wish).read(signal)).rejects.toMatchObject({
      code: 'AWS_ROLE_CASE',
      problem:
        'federate.yaml wants the role Billing, and account 123456789012 has the role billing: IAM ignores case in names.',
    })
  })

  it("keeps tags that are somebody else's", async () => {
    const iam = await made()
    const resource = roleIn(iam)
    await iam.by.iam.send(new TagRoleCommand({ RoleName: 'billing', Tags: [{ Key: 'CostCenter', Value: '42' }] }))
    expect((await existing(resource)).tags).toMatchObject({ CostCenter: '42' })
    expect(resource.diff(resource.desired(), await existing(resource))).toEqual([])
  })

  it('that is there without a mark is unmarked; adopted, it keeps its path and gets our marks', async () => {
    const iam = new MemoryIam()
    const { tags: _marks, ...rest } = wish
    const before = new RoleResource(
      iam.by,
      new AccountState(iam.by, ['/federate/acme/']),
      { owner: 'acme', name: 'billing', path: '/', description: '', dependsOn: [], services: [] },
      { ...rest, tags: {} },
    )
    await before.create(before.desired(), signal)
    const resource = roleIn(iam)
    const found = await resource.read(signal)
    if (found === undefined) throw new Error('the role is not there')
    expect(resource.ownership(found)).toBe('unmarked')
    expect(found.maxSessionDuration).toBe(3600)
    const adopted = await update(resource)
    expect(adopted.arn).toBe('arn:aws:iam::123456789012:role/billing')
    expect(resource.ownership(adopted)).toBe('ours')
    expect(resource.diff(resource.desired(), adopted)).toEqual([])
  })

  it("with another owner's mark is the other's", async () => {
    const iam = await made()
    expect(roleIn(iam, {}, 'other').ownership(await existing(roleIn(iam)))).toBe('others')
  })

  it('is deleted with its policies first, and says so', async () => {
    const iam = await made()
    const resource = roleIn(iam)
    iam.writes.length = 0
    expect(resource.removal(await existing(resource)).map(({ field }) => field)).toEqual([
      'arn',
      'trust policy',
      'managed policies',
      'inline policy logs',
    ])
    await resource.delete(await existing(resource), signal)
    expect(iam.writes).toEqual(['DetachRolePolicy', 'DeleteRolePolicy', 'DeleteRole'])
    expect(iam.roles.size).toBe(0)
  })

  it('names the permission that is missing, and a second run finishes what the first began', async () => {
    const iam = new MemoryIam()
    const resource = roleIn(iam)
    iam.refuse('AttachRolePolicy', 'AccessDenied')
    await expect(resource.create(resource.desired(), signal)).rejects.toMatchObject({
      code: 'AWS_ACCESS_DENIED',
      problem:
        "AWS refused iam:AttachRolePolicy on arn:aws:iam::123456789012:role/federate/acme/billing: AccessDenied: not allowed: AttachRolePolicy. The administrator's credentials lack iam:AttachRolePolicy, or a boundary or organisation policy denies it.",
    })
    iam.allow()
    expect(resource.ownership(await existing(resource))).toBe('ours')
    expect(resource.diff(resource.desired(), await update(resource))).toEqual([])
  })
})
