import { CreateRoleCommand, PutRolePolicyCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam'
import { AssumeRoleCommand, type AssumeRoleCommandInput, GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type AwsWorld,
  account,
  otherAccount,
  refusalOf,
  roleArn,
  sessionOf,
  setUpTrust,
  startAwsWorld,
} from './aws-world.ts'

const second = `arn:aws:iam::${otherAccount}:role/reports`
let world: AwsWorld

beforeEach(async () => {
  world = await startAwsWorld()
  await setUpTrust(world)
  await makeSecond({ AWS: roleArn }, ['sts:AssumeRole'])
  await allowFirst('Allow')
})
afterEach(() => world.close())

function trust(Principal: unknown, Action: readonly string[], Condition: unknown = {}): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal, Action, Condition }] })
}

async function makeSecond(principal: unknown, actions: readonly string[]): Promise<void> {
  const AssumeRolePolicyDocument = trust(principal, actions)
  await world.iamFor(otherAccount).send(new CreateRoleCommand({ RoleName: 'reports', AssumeRolePolicyDocument }))
}

async function trustSecond(principal: unknown, actions: readonly string[], condition?: unknown): Promise<void> {
  const input = { RoleName: 'reports', PolicyDocument: trust(principal, actions, condition) }
  await world.iamFor(otherAccount).send(new UpdateAssumeRolePolicyCommand(input))
}

async function allowFirst(Effect: 'Allow' | 'Deny', Resource = second): Promise<void> {
  const Statement = [{ Effect, Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'], Resource }]
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  await world.iam.send(new PutRolePolicyCommand({ RoleName: 'billing', PolicyName: 'chain', PolicyDocument }))
}

async function hop(input: Partial<AssumeRoleCommandInput> = {}) {
  const first = sessionOf(await world.assume(await world.token()))
  return world
    .sts(first)
    .send(new AssumeRoleCommand({ RoleArn: second, RoleSessionName: 'chained', DurationSeconds: 900, ...input }))
}

const denied = { name: 'AccessDenied', status: 403 }

describe('a role assumed with the credentials of another', () => {
  it('gives credentials of the second role', async () => {
    const answer = await hop()
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = answer.Credentials ?? {}
    const session = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }
    const identity = await world.sts(session).send(new GetCallerIdentityCommand({}))
    expect(identity.Arn).toBe(`arn:aws:sts::${otherAccount}:assumed-role/reports/chained`)
  })

  it('is refused without trust, without permission, and where either denies', async () => {
    await trustSecond({ AWS: `arn:aws:iam::${account}:role/other` }, ['sts:AssumeRole'])
    expect(await refusalOf(hop())).toMatchObject({
      ...denied,
      message: `User: arn:aws:sts::${account}:assumed-role/billing/session is not authorized to perform: sts:AssumeRole on resource: ${second}`,
    })
    await trustSecond({ AWS: `arn:aws:iam::${account}:root` }, ['sts:AssumeRole'])
    await hop()
    await allowFirst('Deny')
    expect(await refusalOf(hop())).toMatchObject(denied)
    await allowFirst('Allow', `${second}-other`)
    expect(await refusalOf(hop())).toMatchObject(denied)
  })

  it('is asked for its external id', async () => {
    await trustSecond({ AWS: roleArn }, ['sts:AssumeRole'], { StringEquals: { 'sts:ExternalId': 'acme-1' } })
    expect(await refusalOf(hop())).toMatchObject(denied)
    expect(await refusalOf(hop({ ExternalId: 'acme-2' }))).toMatchObject(denied)
    expect((await hop({ ExternalId: 'acme-1' })).AssumedRoleUser?.Arn).toContain('/reports/chained')
  })

  it('takes tags and a source identity only where the trust allows it', async () => {
    expect(await refusalOf(hop({ Tags: [{ Key: 'Team', Value: 'pay' }] }))).toMatchObject({
      ...denied,
      message: expect.stringContaining('sts:TagSession'),
    })
    expect(await refusalOf(hop({ SourceIdentity: 'billing' }))).toMatchObject({
      ...denied,
      message: expect.stringContaining('sts:SetSourceIdentity'),
    })
    await trustSecond({ AWS: roleArn }, ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'])
    const answer = await hop({ Tags: [{ Key: 'Team', Value: 'pay' }], SourceIdentity: 'billing' })
    expect(answer.SourceIdentity).toBe('billing')
  })

  it('lasts no longer than an hour, and has a name that AWS takes', async () => {
    expect(await refusalOf(hop({ DurationSeconds: 3601 }))).toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('1 hour session limit for roles assumed by role chaining'),
    })
    expect(await refusalOf(hop({ RoleSessionName: 'two words' }))).toMatchObject({ name: 'ValidationError' })
  })

  it('that does not exist is refused as one that does', async () => {
    expect(await refusalOf(hop({ RoleArn: `${second}-missing` }))).toMatchObject(denied)
  })
})
