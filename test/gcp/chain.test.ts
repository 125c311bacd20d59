import { readJwt } from '@federate/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Place } from '../cli/harness.ts'
import { account, googlePlace, pool, project, projectMembers, provider, takeCalls } from './place.ts'

let place: Place
let principals = ''
beforeAll(async () => {
  place = await googlePlace()
  const { number } = place.sandbox.gcp.project(project)
  principals = `principal://iam.googleapis.com/projects/${number}/locations/global/workloadIdentityPools/${pool}/subject`
})
afterAll(() => place.close())

// One life after the other, in this order.
describe('the trust in Google Cloud', () => {
  it('is planned without changing anything', async () => {
    const { status, stdout } = await place.federate('plan gcp')
    expect(status).toBe(2)
    expect(stdout).toContain(
      "attribute condition: assertion.sub in ['service-account-billing', 'service-account-reporting']",
    )
    expect(stdout).toContain('Plan: 6 to create.')
    expect(place.sandbox.gcp.project(project).pools.size).toBe(0)
  })

  it('is set up, and verified with real tokens', async () => {
    takeCalls(place)
    const { status, stdout, stderr } = await place.federate('setup gcp --yes')
    expect(stderr).not.toContain('failed')
    expect(status).toBe(0)
    expect(stdout).toContain(`verified billing/lake (gcp): a real token was exchanged; the cloud says: ${account}`)
    expect(stdout).toContain(`the cloud says: ${principals}/service-account-reporting`)
    expect(takeCalls(place)).toMatchObject({
      'workloadIdentityPools.create': 1,
      'providers.create': 1,
      'serviceAccounts.create': 1,
      'serviceAccounts.setIamPolicy': 1,
      'projects.setIamPolicy': 2,
      'sts.token': 2,
      'serviceAccounts.generateAccessToken': 1,
    })
  })

  it('gives the narrowest members, and leaves those of others', () => {
    expect(projectMembers(place, 'roles/owner')).toEqual(['user:admin@example.com'])
    expect(projectMembers(place, 'roles/bigquery.user')).toEqual([`${principals}/service-account-reporting`])
    expect(projectMembers(place, 'roles/storage.objectViewer')).toEqual([`serviceAccount:${account}`])
    const record = place.sandbox.gcp.project(project).serviceAccounts.get(account)
    expect(record?.policy.current?.bindings).toEqual([
      { role: 'roles/iam.workloadIdentityUser', members: [`${principals}/service-account-billing`] },
    ])
  })

  it('is as wanted a second time: only reads, each policy once', async () => {
    takeCalls(place)
    const { status, stdout } = await place.federate('setup gcp --yes --no-verify')
    expect([status, stdout]).toEqual([0, expect.stringContaining('Nothing to apply.')])
    expect(takeCalls(place)).toEqual({
      'projects.get': 1,
      'services.batchGet': 1,
      'workloadIdentityPools.list': 1,
      'providers.list': 1,
      'serviceAccounts.list': 1,
      'serviceAccounts.getIamPolicy': 1,
      'projects.getIamPolicy': 1,
    })
  })

  it('gives credentials in the formats that programs read', async () => {
    const json = await place.asService('credentials gcp --service billing.federate.json')
    expect(JSON.parse(json.stdout)).toMatchObject({ token_type: 'Bearer', identity: account })
    const env = await place.asService('credentials gcp --service reporting.federate.json --format env')
    expect(env.stdout).toMatch(
      /^export CLOUDSDK_AUTH_ACCESS_TOKEN='ya29\.d\.[\w-]+'\nexport GOOGLE_OAUTH_ACCESS_TOKEN=/,
    )
    const token = await place.asService('credentials gcp --service billing.federate.json --format token --duration 10m')
    expect(token.stdout).toMatch(/^ya29\.c\.[\w-]+\n$/)
  })

  it('gives no token for a scope that Google does not have', async () => {
    const scopes = '--scopes https://www.googleapis.com/auth/cloud-platfrom'
    const account = await place.asService(`credentials gcp --service billing.federate.json ${scopes}`)
    expect(account.status).toBe(3)
    expect(account.stderr).toContain('The sandbox knows no OAuth scope https://www.googleapis.com/auth/cloud-platfrom')
    const direct = await place.asService(`credentials gcp --service reporting.federate.json ${scopes}`)
    expect(direct.status).toBe(3)
    expect(direct.stderr).toContain('invalid_scope: Invalid OAuth scope or ID token audience provided.')
    const read = '--scopes https://www.googleapis.com/auth/devstorage.read_only'
    expect((await place.asService(`credentials gcp --service billing.federate.json ${read}`)).status).toBe(0)
  })

  it('gives ID tokens of the service account', async () => {
    const url = 'https://orders-abc-ew.a.run.app'
    const line = `credentials gcp --service billing.federate.json --id-token ${url}`
    const { stdout } = await place.asService(`${line} --format token`)
    expect(readJwt(stdout.trim()).claims).toMatchObject({
      aud: url,
      email: account,
      iss: 'https://accounts.google.com',
    })
    expect(JSON.parse((await place.asService(line)).stdout)).toMatchObject({
      id_token: stdout.trim(),
      identity: account,
    })
    const env = await place.asService(`${line} --format env`)
    expect([env.status, env.stderr]).toEqual([64, expect.stringContaining('GCP_FORMAT_UNSUITED')])
    const direct = await place.asService(`credentials gcp --service reporting.federate.json --id-token ${url}`)
    expect([direct.status, direct.stderr]).toEqual([64, expect.stringContaining('GCP_ID_TOKEN_NEEDS_SERVICE_ACCOUNT')])
  })

  it('is explained from federate.yaml', async () => {
    const { status, stdout } = await place.federate('explain gcp billing')
    expect(status).toBe(0)
    expect(stdout).toContain('accepted by gcp')
  })

  it('shows and repairs what was changed by hand', async () => {
    const { record, current } = provider(place)
    record.set({ ...current, attributeCondition: 'true', disabled: true })
    const drift = await place.federate('status gcp')
    expect(drift.status).toBe(2)
    expect(drift.stdout).toContain('disabled: true → false')
    expect(drift.stdout).toContain('attribute condition: true → assertion.sub in [')
    expect((await place.federate('setup gcp --yes')).status).toBe(0)
    expect(provider(place).current).toMatchObject({ disabled: false })
    expect((await place.federate('status gcp')).status).toBe(0)
  })

  it('is taken away, bindings first, and nothing else with it', async () => {
    const { status, stderr } = await place.federate('destroy gcp --yes')
    expect(status).toBe(0)
    const done = stderr.split('\n').filter((line) => line.startsWith('done'))
    expect(done.findLastIndex((line) => line.includes(' for '))).toBeLessThan(
      done.findIndex((line) => line.includes('delete provider')),
    )
    expect(stderr).toContain('tokens issued by it live on')
    expect(place.sandbox.gcp.project(project).policy.current?.bindings).toEqual([
      { role: 'roles/owner', members: ['user:admin@example.com'] },
    ])
    expect(provider(place).current.deletedAt).toBeTypeOf('number')
  })

  it('comes back within the thirty days in which Google keeps the names', async () => {
    takeCalls(place)
    const { status, stderr, stdout } = await place.federate('setup gcp --yes')
    expect(stderr).toContain('state: DELETED → ACTIVE')
    expect(stdout).toContain('verified billing/lake')
    expect(status).toBe(0)
    expect(takeCalls(place)).toMatchObject({ 'workloadIdentityPools.undelete': 1, 'providers.undelete': 1 })
  })
})
