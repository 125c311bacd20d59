import { Token, type TokenSource } from '@federate/core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { awsCredentials } from './credentials.ts'
import { credentialsAnswer, refusal, StsServer } from './sts-server.test-kit.ts'

const start = Date.parse('2026-11-21T12:00:00Z')
const sts = new StsServer()
beforeAll(async () => {
  vi.stubEnv('AWS_ENDPOINT_URL_STS', await sts.start())
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await sts.stop()
})

/** A provider over an STS that gives credentials for an hour, with a clock that stands still. */
function provider() {
  let now = start
  const warnings: string[] = []
  const token: TokenSource = { getToken: async () => new Token('token', new Date(now + 60_000)) }
  const get = awsCredentials({
    token,
    roleArn: 'arn:aws:iam::123456789012:role/billing',
    now: () => now,
    env: {},
    warn: (message) => warnings.push(message),
  })
  sts.answer(credentialsAnswer(new Date(start + 3_600_000)))
  return {
    get,
    warnings,
    forward: (seconds: number) => {
      now += seconds * 1000
    },
  }
}

describe('awsCredentials', () => {
  it('makes one exchange for all calls that wait, and none while the credentials live', async () => {
    const { get } = provider()
    const all = await Promise.all([get(), get(), get()])
    expect(all.map(({ accessKeyId }) => accessKeyId)).toEqual(['ASIAEXAMPLE', 'ASIAEXAMPLE', 'ASIAEXAMPLE'])
    await get()
    expect(sts.calls).toHaveLength(1)
  })

  it('asks anew when the SDK forces it', async () => {
    const { get } = provider()
    await get()
    await get({ forceRefresh: true })
    expect(sts.calls).toHaveLength(2)
  })

  it('serves what still lives while STS refuses, says so once, and throws when it is over', async () => {
    const { get, forward, warnings } = provider()
    await get()
    sts.answer(refusal(403, 'AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity'))
    forward(3595)
    expect((await get()).accessKeyId).toBe('ASIAEXAMPLE')
    expect(warnings).toEqual([expect.stringContaining('The old one is used until 2026-11-21T13:00:00.000Z')])
    forward(10)
    await expect(get()).rejects.toMatchObject({ code: 'AWS_NOT_AUTHORIZED' })
  })
})
