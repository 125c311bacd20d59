import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { account, makePlace, type Place } from './harness.ts'

const role = `arn:aws:iam::${account}:role/old/billing`
let place: Place

beforeAll(async () => {
  place = await makePlace()
  await place.startSandbox()
  await place.setUp('aws')
  const token = await place.asService('token -s billing.federate.json --for s3 --raw')
  await place.write('token.jwt', token.stdout)
})

afterAll(() => place.close())

const roles = () => place.sandbox.aws.account(account).roles

describe('explain --live', () => {
  it('accepts by the trust that IAM has', async () => {
    const { status, stdout } = await place.federate('explain aws billing --live')
    expect(stdout).toContain('The token this service is predicted to get, for billing/s3: accepted by aws.')
    expect(status).toBe(0)
  })

  it('sees what somebody changed behind the back of federate.yaml', async () => {
    const made = roles().get('billing')
    if (made === undefined) throw new Error('there is no role')
    const before = made.trustPolicy
    made.trustPolicy = before.replace('service-account-billing', 'service-account-other')
    const live = await place.federate('explain aws billing --live --token-file token.jwt')
    expect(live.stdout).toContain('expected: service-account-other')
    expect(live.stdout).toContain('aws would answer: 403 AccessDenied')
    expect(live.status).toBe(3)
    // By federate.yaml it would be accepted: that is the difference.
    expect((await place.federate('explain aws billing --token-file token.jwt')).status).toBe(0)
    made.trustPolicy = before
  })

  it('knows an adopted role by its real path, and any role by its ARN', async () => {
    const made = roles().get('billing')
    if (made === undefined) throw new Error('there is no role')
    roles().set('billing', { ...made, path: '/old/', arn: role })
    const live = await place.federate('explain aws billing --live --json')
    const { rules } = JSON.parse(live.stdout)
    expect(rules.find((rule: { rule: string }) => rule.rule === 'role').actual).toBe(role)
    const named = await place.federate(`explain aws --live --role-arn ${role} --token-file token.jwt`)
    expect(named.stdout).toContain(`This token, for ${role}: accepted by aws`)
    const wrong = await place.federate(
      `explain aws --live --role-arn ${role.replace('/old', '')} --token-file token.jwt`,
    )
    expect(wrong.stdout).toContain(`expected: ${role}`)
    expect([live.status, named.status, wrong.status]).toEqual([0, 0, 3])
    roles().set('billing', made)
  })

  it('says that there is no such role', async () => {
    const none = `arn:aws:iam::${account}:role/none`
    const { status, stdout } = await place.federate(`explain aws --live --role-arn ${none} --token-file token.jwt`)
    expect(stdout).toContain('There is no such role')
    expect(status).toBe(3)
  })

  it.each([
    [`--live --role-arn arn:aws:iam::${account}:role/x`, 'without --token-file', 64],
    ['--live --role-arn nonsense --token-file token.jwt', '--role-arn is "nonsense"', 64],
    ['--live --role-arn arn:aws:iam::999999999999:role/x --token-file token.jwt', 'The role is for account 99999', 64],
    ['billing --live --provider provider.json', '--live takes the trust from aws, and --provider <path> from a', 64],
    ['billing --live --aws-profile nobody', 'expected account=profile', 64],
  ])('refuses %s', async (flags, said, expected) => {
    const { status, stderr } = await place.federate(`explain aws ${flags}`)
    expect(stderr).toContain(said)
    expect(status).toBe(expected)
  })

  it('needs to read only', async () => {
    const start = place.sandbox.aws.requests.length
    await place.federate('explain aws billing --live')
    const actions = place.sandbox.aws.requests.slice(start).map(({ action }) => action)
    expect(new Set(actions)).toEqual(
      new Set(['GetCallerIdentity', 'GetRole', 'ListOpenIDConnectProviders', 'GetOpenIDConnectProvider']),
    )
  })
})
