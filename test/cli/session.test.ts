import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { account, makePlace, type Place, twoServices } from './harness.ts'

let place: Place

const yaml = twoServices.replace(
  'role: billing,',
  'role: billing, sessionName: "{environment}-billing", pinSessionName: true, sessionTags: { Team: pay }, transitiveTags: [Team], sourceIdentity: billing, conditions: { StringEquals: { "aws:RequestTag/Team": pay } },',
)

beforeAll(async () => {
  place = await makePlace(yaml)
  await place.startSandbox()
})

afterAll(() => place.close())

describe('a service whose tokens carry session tags and a source identity', () => {
  it('is trusted with exactly the actions that they need, verified with a real token', async () => {
    const plan = await place.federate('plan aws billing')
    expect(plan.stdout).toMatch(/"sts:AssumeRoleWithWebIdentity",\s*"sts:TagSession",\s*"sts:SetSourceIdentity"/)
    expect(plan.stdout).toContain('"sts:RoleSessionName": "*-billing"')
    const setup = await place.federate('setup aws --yes')
    expect(setup.stdout).toContain(`assumed-role/billing/production-billing`)
    expect(setup.stdout.match(/^verified /gm)).toHaveLength(2)
    const policy = place.sandbox.aws.account(account).roles.get('reporting')?.trustPolicy
    expect(policy).toContain('"Action":"sts:AssumeRoleWithWebIdentity"')
  })

  it('is refused under another session name, and explain says why', async () => {
    const refused = await place.asService('credentials aws -s billing.federate.json --session-name other')
    expect(refused.stderr).toContain('AccessDenied')
    expect(refused.status).toBe(3)
    const explained = await place.federate('explain aws billing')
    expect(explained.stdout).toContain('StringLike on sts:RoleSessionName holds.')
    expect(explained.stdout).toContain('accepted by aws')
  })
})
