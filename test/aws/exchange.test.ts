import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { exchange, parseAwsRuntime } from '@federate/aws'
import { Token, type TokenSource } from '@federate/core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type AwsWorld, account, otherAccount, roleArn, setUpTrust, startAwsWorld } from '../sandbox/aws-world.ts'

const second = `arn:aws:iam::${otherAccount}:role/reports`
const context = { env: {}, signal: new AbortController().signal, now: Date.now }
let world: AwsWorld
let tokens: TokenSource

function exchangeWith(fields: Record<string, unknown>) {
  return exchange(parseAwsRuntime({ roleArn, durationSeconds: 900, ...fields }, 'test'), tokens, context)
}

beforeAll(async () => {
  world = await startAwsWorld()
  vi.stubEnv('AWS_ENDPOINT_URL_STS', world.endpoint)
  await setUpTrust(world)
  const trust = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: roleArn },
        Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
        Condition: { StringEquals: { 'sts:ExternalId': 'acme-1' } },
      },
    ],
  }
  const role = { RoleName: 'reports', AssumeRolePolicyDocument: JSON.stringify(trust) }
  await world.iamFor(otherAccount).send(new CreateRoleCommand(role))
  const allow = { Effect: 'Allow', Action: 'sts:*', Resource: second }
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [allow] })
  await world.iam.send(new PutRolePolicyCommand({ RoleName: 'billing', PolicyName: 'chain', PolicyDocument }))
  tokens = {
    getToken: async () => new Token(await world.token({ client_id: 'bill ing' }), new Date(Date.now() + 600_000)),
  }
})

afterAll(async () => {
  vi.unstubAllEnvs()
  await world.close()
})

describe('an exchange', () => {
  it('names the session after claims of the token', async () => {
    const { identity } = await exchangeWith({ sessionName: '{client_id}-nightly' })
    expect(identity).toBe(`arn:aws:sts::${account}:assumed-role/billing/bill-ing-nightly`)
    await expect(exchangeWith({ sessionName: '{tenant}-nightly' })).rejects.toMatchObject({
      code: 'AWS_SESSION_NAME',
      problem: expect.stringContaining('needs the claim tenant, and the token holds aud, azp, client_id'),
    })
  })

  it('narrows the session by policies, and explains one that STS does not take', async () => {
    const sessionPolicy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:Get*', Resource: '*' }] }
    const sessionPolicyArns = ['arn:aws:iam::aws:policy/ReadOnlyAccess']
    expect((await exchangeWith({ sessionPolicy, sessionPolicyArns })).accountId).toBe(account)
    await expect(exchangeWith({ sessionPolicy: { Statement: 'none' } })).rejects.toMatchObject({
      details: { awsCode: 'MalformedPolicyDocument' },
    })
    const Action = Array.from({ length: 200 }, (_, index) => `s3:GetObject${index}`)
    const large = { ...sessionPolicy, Statement: [{ Effect: 'Allow', Action, Resource: '*' }] }
    await expect(exchangeWith({ sessionPolicy: large })).rejects.toMatchObject({
      details: { awsCode: expect.stringMatching(/PackedPolicyTooLarge|ValidationError/) },
    })
  })

  it('goes on to a second role, with external id, tags and source identity', async () => {
    const assumeRole = {
      roleArn: second,
      externalId: 'acme-1',
      durationSeconds: 900,
      tags: { Team: 'pay' },
      transitiveTags: ['Team'],
      sourceIdentity: 'billing',
    }
    const credentials = await exchangeWith({ assumeRole, sessionName: 'first' })
    expect(credentials.identity).toBe(`arn:aws:sts::${otherAccount}:assumed-role/reports/first`)
    expect(credentials.accountId).toBe(otherAccount)
  })

  it('says which of the two roles was refused, and what to compare', async () => {
    await expect(exchangeWith({ assumeRole: { roleArn: second, externalId: 'acme-2' } })).rejects.toMatchObject({
      code: 'AWS_CHAIN_REFUSED',
      outcome: 'refused',
      problem: expect.stringContaining(`refused the second role ${second}: AccessDenied`),
      next: expect.stringContaining(`Let ${second} trust ${roleArn} for sts:AssumeRole`),
    })
  })
})
