import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Place } from '../cli/harness.ts'
import { account, googlePlace, project, provider, takeCalls } from './place.ts'

let place: Place

beforeAll(async () => {
  place = await googlePlace()
  await place.setUp('gcp')
  const token = await place.asService('token -s billing.federate.json --for lake --raw')
  await place.write('token.jwt', token.stdout)
})

afterAll(() => place.close())

describe('explain gcp', () => {
  it("accepts the service's token by federate.yaml, predicted and real, and asks nobody", async () => {
    takeCalls(place)
    const predicted = await place.federate('explain gcp billing')
    expect(predicted.stdout).toContain('The token this service is predicted to get, for billing/lake: accepted by gcp')
    const real = await place.federate('explain gcp billing --token-file token.jwt')
    expect(real.stdout).toContain('This token, for billing/lake: accepted by gcp')
    expect([predicted.status, real.status]).toEqual([0, 0])
    expect(takeCalls(place)).toEqual({})
  })

  it('refuses the token of another service', async () => {
    const { status, stdout } = await place.federate('explain gcp reporting --token-file token.jwt')
    expect(stdout).toContain('FAIL binding')
    expect(stdout).toContain('next: Check which service got this token, and which principal the policy means.')
    expect(stdout).toContain('gcp would answer: 400 unauthorized_client')
    expect(status).toBe(3)
  })
})

describe('explain gcp --live', () => {
  it('accepts by the trust that Google has, and only reads', async () => {
    takeCalls(place)
    const { status, stdout } = await place.federate('explain gcp billing --live --token-file token.jwt')
    expect(stdout).toContain('accepted by gcp')
    expect(status).toBe(0)
    expect(Object.keys(takeCalls(place)).filter((name) => !/get|list/i.test(name))).toEqual([])
  })

  it('sees a condition that somebody changed', async () => {
    const { record, current } = provider(place)
    record.set({ ...current, attributeCondition: "assertion.sub == 'service-account-other'" })
    const { status, stdout } = await place.federate('explain gcp billing --live --token-file token.jwt')
    record.set(current)
    expect(stdout).toContain("expected: assertion.sub == 'service-account-other'")
    expect(stdout).toContain('gcp would answer: 400 unauthorized_client: The given credential is rejected by the')
    expect(status).toBe(3)
  })

  it('sees a provider that somebody disabled', async () => {
    const { record, current } = provider(place)
    record.set({ ...current, disabled: true })
    const { status, stdout } = await place.federate('explain gcp billing --live --token-file token.jwt')
    record.set(current)
    expect(stdout).toContain('The provider is disabled.')
    expect(status).toBe(3)
  })

  it('sees a binding that somebody took away', async () => {
    const policy = place.sandbox.gcp.project(project).serviceAccounts.get(account)?.policy
    const before = policy?.current
    if (policy === undefined || before === undefined) throw new Error('there is no account')
    policy.set({ ...before, bindings: [] })
    const { status, stdout } = await place.federate('explain gcp billing --live --token-file token.jwt')
    policy.set(before)
    expect(stdout).toContain(`No binding of ${account} has a member that means the principal.`)
    expect(stdout).toContain('gcp would answer: 403 PERMISSION_DENIED')
    expect(status).toBe(3)
  })
})
