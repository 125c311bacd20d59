import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { account, makePlace, type Place } from './harness.ts'

let place: Place

beforeAll(async () => {
  place = await makePlace()
  await place.startSandbox()
})

afterAll(() => place.close())
afterEach(() => {
  const state = place.sandbox.aws.account(account)
  state.providers.clear()
  state.roles.clear()
})

const writes = ['CreateOpenIDConnectProvider', 'CreateRole', 'AttachRolePolicy', 'TagRole', 'TagOpenIDConnectProvider']

/** What is in the account, without what differs from run to run. */
function trust(): string {
  const { providers, roles } = place.sandbox.aws.account(account)
  const role = [...roles.values()].map(({ arn, trustPolicy, attachedPolicies, tags }) =>
    JSON.stringify([arn, trustPolicy, [...attachedPolicies], [...tags].sort()]),
  )
  const provider = [...providers.values()].map(({ arn, clientIds, tags }) =>
    JSON.stringify([arn, clientIds, [...tags].sort()]),
  )
  return [...provider, ...role.sort()].join('\n')
}

/** Runs setup and sends it a signal as soon as AWS has had `count` of its calls. */
async function setupInterruptedAfter(count: number, signal: NodeJS.Signals) {
  const { requests, faults } = place.sandbox.aws
  const goal = requests.length + count
  // Each write takes a moment, so that the signal arrives while it is under way.
  for (const action of writes) faults.delayNext(action, 40, 2)
  let timer: NodeJS.Timeout | undefined
  const ran = await place.federate('setup aws --yes --no-verify', {
    during: (child) => {
      timer = setInterval(() => {
        if (requests.length < goal) return
        clearInterval(timer)
        child.kill(signal)
      }, 1)
    },
  })
  clearInterval(timer)
  return ran
}

describe('setup that is interrupted', () => {
  it('says what was done and what was not', async () => {
    const calls = ['GetCallerIdentity', 'GetAccountAuthorizationDetails', 'ListRoles', 'ListOpenIDConnectProviders']
    // The signal has time to arrive while this is under way.
    place.sandbox.aws.faults.delayNext('CreateOpenIDConnectProvider', 1_000)
    const ran = await setupInterruptedAfter(calls.length + 2, 'SIGINT')
    expect(ran.status).toBe(130)
    expect(ran.stderr).toContain('APPLY_INTERRUPTED')
    expect(ran.stderr).toMatch(/Done: .*\. Not started: .*role\/(billing|reporting)/)
    expect(ran.stderr).toContain('Run the same command again: it continues where this one stopped.')
  })

  it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
    'by %s at any of its calls leaves what another run completes',
    async (signal) => {
      const start = place.sandbox.aws.requests.length
      await place.federate('setup aws --yes --no-verify')
      const complete = trust()
      const calls = place.sandbox.aws.requests.length - start
      expect(calls).toBeGreaterThan(5)
      for (let count = 1; count <= calls; count += signal === 'SIGINT' ? 1 : 3) {
        const state = place.sandbox.aws.account(account)
        state.providers.clear()
        state.roles.clear()
        const ran = await setupInterruptedAfter(count, signal)
        if (signal !== 'SIGKILL') expect([0, 130]).toContain(ran.status)
        if (ran.status === 130) expect(ran.stderr).toMatch(/Interrupted/)
        expect((await place.federate('setup aws --yes --no-verify')).status).toBe(0)
        expect(trust()).toBe(complete)
      }
    },
    120_000,
  )
})
