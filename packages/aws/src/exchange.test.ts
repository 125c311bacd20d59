import { inspect } from 'node:util'
import { Token, type TokenRequest, type TokenSource } from '@federate/core'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { awsCredentials } from './credentials.ts'
import { exchange } from './exchange.ts'
import { stsRegion } from './sts-client.ts'
import { credentialsAnswer, refusal, StsServer } from './sts-server.test-kit.ts'
import type { AwsRuntime } from './target.ts'

const now = Date.parse('2026-11-21T12:00:00Z')
const expiration = new Date(now + 3_600_000)
const runtime: AwsRuntime = {
  cloud: 'aws',
  roleArn: 'arn:aws:iam::123456789012:role/federate/acme/billing',
  audience: 'sts.amazonaws.com',
  subject: 'service-account-billing',
  durationSeconds: 3600,
}
const sts = new StsServer()
const waits: number[] = []
const context = {
  env: {},
  signal: new AbortController().signal,
  now: () => now,
  sleep: async (seconds: number) => {
    waits.push(seconds)
  },
}

function source(): TokenSource & { requests: TokenRequest[] } {
  const requests: TokenRequest[] = []
  return {
    requests,
    getToken: async (request = {}) => {
      requests.push(request)
      return new Token(`token-${request.forceRefresh === true ? 'renewed' : 'first'}`, new Date(now + 60_000))
    },
  }
}

beforeAll(async () => {
  vi.stubEnv('AWS_ENDPOINT_URL_STS', await sts.start())
})

beforeEach(() => {
  waits.length = 0
})

afterAll(async () => {
  vi.unstubAllEnvs()
  await sts.stop()
})

describe('exchange', () => {
  it('asks STS without a signature, for the role, by the audience', async () => {
    sts.answer(credentialsAnswer(expiration))
    const tokens = source()
    const credentials = await exchange(runtime, tokens, context)
    expect(tokens.requests).toEqual([{ audience: 'sts.amazonaws.com', signal: context.signal }])
    const [call] = sts.calls
    expect(call?.signed).toBe(false)
    expect(Object.fromEntries(call?.form ?? [])).toEqual({
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: runtime.roleArn,
      RoleSessionName: 'federate-billing',
      WebIdentityToken: 'token-first',
      DurationSeconds: '3600',
    })
    expect(credentials).toMatchObject({
      accessKeyId: 'ASIAEXAMPLE',
      secretAccessKey: 'the-secret-key',
      sessionToken: 'the-session-token',
      accountId: '123456789012',
      expiresAt: expiration,
      identity: 'arn:aws:sts::123456789012:assumed-role/billing/federate-billing',
    })
  })

  it('gives credentials that print without their secrets', async () => {
    sts.answer(credentialsAnswer(expiration))
    const credentials = await exchange(runtime, source(), context)
    const printed = `${inspect(credentials, { showHidden: true })} ${JSON.stringify(credentials)} ${credentials}`
    expect(printed).toContain('ASIAEXAMPLE')
    expect(printed).not.toContain('the-secret-key')
    expect(printed).not.toContain('the-session-token')
  })

  it('asks for no audience where the issuer gives the client id by itself', async () => {
    sts.answer(credentialsAnswer(expiration))
    const tokens = source()
    await exchange({ ...runtime, audience: 'billing', audienceFrom: 'client' }, tokens, context)
    expect(tokens.requests).toEqual([{ signal: context.signal }])
  })

  it('tries again what passes by itself, waiting longer each time', async () => {
    const key = refusal(400, 'InvalidIdentityToken', "Couldn't retrieve verification key from your identity provider")
    sts.answer(key, refusal(503, 'ServiceUnavailable', 'x'), credentialsAnswer(expiration))
    await exchange(runtime, source(), context)
    expect(sts.calls).toHaveLength(3)
    expect(waits).toHaveLength(2)
  })

  it('gives up after the third try', async () => {
    sts.answer(refusal(400, 'Throttling', 'Rate exceeded'))
    await expect(exchange(runtime, source(), context)).rejects.toMatchObject({
      code: 'AWS_THROTTLED',
      message:
        'AWS STS did not exchange the token: Throttling: Rate exceeded. Too many calls in a short time, also after several tries. Wait a minute and try again; keep credentials for as long as they live instead of exchanging anew.',
    })
    expect(sts.calls).toHaveLength(3)
  })

  it('never tries a refusal again', async () => {
    sts.answer(refusal(403, 'AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity'))
    await expect(exchange(runtime, source(), context)).rejects.toMatchObject({ code: 'AWS_NOT_AUTHORIZED' })
    expect(sts.calls).toHaveLength(1)
  })

  it('renews an expired token once', async () => {
    sts.answer(refusal(400, 'ExpiredTokenException', 'Token expired'), credentialsAnswer(expiration))
    const tokens = source()
    await exchange(runtime, tokens, context)
    expect(tokens.requests.map(({ forceRefresh }) => forceRefresh)).toEqual([undefined, true])
    expect(sts.calls.map(({ form }) => form.get('WebIdentityToken'))).toEqual(['token-first', 'token-renewed'])
    sts.answer(refusal(400, 'ExpiredTokenException', 'Token expired'))
    await expect(exchange(runtime, source(), context)).rejects.toMatchObject({ code: 'AWS_TOKEN_EXPIRED' })
    expect(sts.calls).toHaveLength(2)
  })

  it('does not ask again with the same expired token', async () => {
    sts.answer(refusal(400, 'ExpiredTokenException', 'Token expired'))
    const file: TokenSource = { getToken: async () => new Token('from-a-file', new Date(now)) }
    await expect(exchange(runtime, file, context)).rejects.toMatchObject({ code: 'AWS_TOKEN_EXPIRED' })
    expect(sts.calls).toHaveLength(1)
  })

  it('ends with the signal, as the signal says', async () => {
    sts.answer(refusal(400, 'Throttling', 'Rate exceeded'))
    const controller = new AbortController()
    const sleep = async () => controller.abort(new Error('enough'))
    const call = exchange(runtime, source(), { ...context, sleep, signal: controller.signal })
    await expect(call).rejects.toThrow('enough')
  })

  it('takes what sends no credentials for something else than STS', async () => {
    sts.answer({ status: 200, body: '<html>hello</html>' })
    await expect(exchange(runtime, source(), context)).rejects.toMatchObject({ code: 'AWS_UNREACHABLE' })
  })
})

describe('stsRegion', () => {
  const china = { ...runtime, roleArn: 'arn:aws-cn:iam::123456789012:role/billing' }
  it.each([
    ['the target’s', { ...runtime, region: 'eu-west-1' }, { AWS_REGION: 'eu-central-1' }, 'eu-west-1'],
    ['the environment’s', runtime, { AWS_REGION: 'eu-central-1' }, 'eu-central-1'],
    ['the second of the environment', runtime, { AWS_DEFAULT_REGION: 'eu-north-1' }, 'eu-north-1'],
    ['the partition’s default', runtime, {}, 'us-east-1'],
    ['the partition’s default, not a region of another', china, { AWS_REGION: 'eu-central-1' }, 'cn-north-1'],
  ])('is %s', (_what, target, env, region) => {
    expect(stsRegion(target, { env })).toBe(region)
  })
})

describe('awsCredentials', () => {
  it('is a provider of the SDK’s own shape', async () => {
    sts.answer(credentialsAnswer(new Date(Date.now() + 3_600_000)))
    const provider = awsCredentials({ token: source(), roleArn: runtime.roleArn, env: {}, sessionName: 'mine' })
    const identity = await provider()
    expect(identity).toMatchObject({ accessKeyId: 'ASIAEXAMPLE', accountId: '123456789012' })
    expect(sts.calls[0]?.form.get('RoleSessionName')).toBe('mine')
    await provider()
    expect(sts.calls).toHaveLength(1)
    await provider({ forceRefresh: true })
    expect(sts.calls).toHaveLength(2)
  })
})
