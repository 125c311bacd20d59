import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Place } from '../cli/harness.ts'
import { account, googlePlace, pool, project, projectMembers, provider, takeCalls, twoServices } from './place.ts'

let place: Place
beforeAll(async () => {
  place = await googlePlace()
})
afterAll(() => place.close())
beforeEach(() => void takeCalls(place))

const hour = 3_600_000

const edited = (from: string, to: string) =>
  place.write('federate.yaml', twoServices.replaceAll('ISSUER', place.issuer).replace(from, to))

describe('setup gcp', () => {
  it('names the APIs that are not enabled, and the command that enables them', async () => {
    const { enabledServices } = place.sandbox.gcp.project(project)
    enabledServices.delete('sts.googleapis.com')
    enabledServices.delete('iamcredentials.googleapis.com')
    const { status, stderr } = await place.federate('plan gcp')
    expect(status).toBe(3)
    expect(stderr).toContain('has not enabled iamcredentials.googleapis.com, sts.googleapis.com')
    expect(stderr).toContain(
      'gcloud services enable iamcredentials.googleapis.com sts.googleapis.com --project acme-prod',
    )
    enabledServices.add('sts.googleapis.com').add('iamcredentials.googleapis.com')
  })

  it('names an API without which it cannot even look', async () => {
    const { enabledServices } = place.sandbox.gcp.project(project)
    enabledServices.delete('cloudresourcemanager.googleapis.com')
    const { status, stderr } = await place.federate('plan gcp')
    expect([status, stderr]).toEqual([3, expect.stringContaining('GCP_API_DISABLED')])
    expect(stderr).toContain('gcloud services enable cloudresourcemanager.googleapis.com --project acme-prod')
    enabledServices.add('cloudresourcemanager.googleapis.com')
  })

  it('names the permission that is missing', async () => {
    place.sandbox.gcp.faults.denyNext('workloadIdentityPools.list')
    const { status, stderr } = await place.federate('plan gcp')
    expect(status).toBe(3)
    expect(stderr).toContain('lacks iam.workloadIdentityPools.list')
  })

  it('says who the administrator is not', async () => {
    const env = { CLOUDSDK_AUTH_ACCESS_TOKEN: 'ya29.expired', HOME: place.folder }
    const { status, stderr } = await place.federate('plan gcp', { env })
    expect([status, stderr]).toEqual([3, expect.stringContaining('GCP_INVALID_CREDENTIALS')])
    const none = await place.federate('plan gcp', { env: { ...env, CLOUDSDK_AUTH_ACCESS_TOKEN: '', PATH: '' } })
    expect([none.status, none.stderr]).toEqual([64, expect.stringContaining('gcloud is not installed')])
    const named = { GOOGLE_APPLICATION_CREDENTIALS: place.path('federate.yaml'), CLOUDSDK_AUTH_ACCESS_TOKEN: '' }
    const wrong = await place.federate('plan gcp', { env: named })
    expect([wrong.status, wrong.stderr]).toEqual([64, expect.stringContaining('federate.yaml, which is no JSON')])
  })

  it('waits while Google is busy or down, and merges into policies that others change', async () => {
    const { faults } = place.sandbox.gcp
    faults.throttleNext('workloadIdentityPools.create')
    faults.failNext('providers.create')
    faults.conflictNext(2)
    const { status, stdout } = await place.federate('setup gcp --yes')
    expect([status, stdout]).toEqual([0, expect.stringContaining('verified billing/lake')])
    expect(takeCalls(place)).toMatchObject({
      'workloadIdentityPools.create': 2,
      'providers.create': 2,
      'projects.getIamPolicy': expect.any(Number),
    })
    expect(projectMembers(place, 'roles/owner')).toEqual(['user:admin@example.com'])
  })

  it('gives up on a policy that never stands still, and overwrites nothing', async () => {
    await place.federate('destroy gcp --yes')
    place.sandbox.gcp.faults.conflictNext(100)
    const { status, stderr } = await place.federate('setup gcp --yes')
    expect(status).toBe(1)
    expect(stderr).toContain('GCP_POLICY_BUSY')
    place.sandbox.gcp.faults.conflictNext(0)
    expect(projectMembers(place, 'roles/owner')).toEqual(['user:admin@example.com'])
    expect((await place.federate('setup gcp --yes')).status).toBe(0)
  })

  it('waits until IAM knows the new trust', async () => {
    await place.federate('destroy gcp --yes')
    const { faults, requests } = place.sandbox.gcp
    const asked = () => requests.filter((method) => method === 'sts.token').length
    const before = asked()
    faults.propagationDelay(hour)
    // Arrives while the third question is on its way, or after it: two are refused for certain.
    const arrival = setInterval(() => asked() >= before + 3 && faults.propagationDelay(0), 10)
    const { status, stdout } = await place.federate('setup gcp --yes')
    clearInterval(arrival)
    expect([status, stdout]).toEqual([0, expect.stringContaining('verified billing/lake')])
    expect(asked() - before).toBeGreaterThan(2)
  })

  it.each([
    ['project: acme-prod', 'project: "415104041262"', "expected the project's id, such as acme-prod, got its number"],
    ['project: acme-prod', 'project: Acme', 'expected the id of a project'],
    ['serviceAccount: billing', 'pool: gcp-mine, serviceAccount: billing', 'Google keeps gcp- for itself'],
    ['serviceAccount: billing', 'pool: abc, serviceAccount: billing', 'expected 4 to 32 of a-z, 0-9 and -, got "abc"'],
    [
      'serviceAccount: billing',
      'pool: ABCD, serviceAccount: billing',
      'expected 4 to 32 of a-z, 0-9 and -, got "ABCD"',
    ],
    ['serviceAccount: billing', 'serviceAccount: abc', 'expected an id for a new service account'],
    ['serviceAccount: billing', 'serviceAccount: a@b.iam.gserviceaccount.com', 'which was there before'],
    ['serviceAccount: billing', "condition: '', serviceAccount: billing", 'condition'],
    ['serviceAccount: billing', 'audience: provider, pool: acme-own, serviceAccount: billing', 'projectNumber'],
    [
      'serviceAccount: billing',
      'mapping: { google.subject: assertion.client_id }, serviceAccount: billing',
      'is missing, expected who the service is, because google.subject is not assertion.sub',
    ],
  ])('refuses %s as %s before anything is asked', async (from, to, problem) => {
    await edited(from, to)
    const { status, stderr } = await place.federate('plan gcp')
    expect([status, stderr]).toEqual([64, expect.stringContaining(problem)])
    expect(takeCalls(place)).toEqual({})
  })

  it.each([
    ["condition: 'assertion.sub ==', ", 'GCP_PROVIDER_INVALID', 'is no CEL expression'],
    ["condition: 'nonsense(assertion.sub)', ", 'GCP_PROVIDER_INVALID', 'which is no function'],
    [`condition: "assertion.sub == 'x'", `, 'GCP_PROVIDER_DIFFERS', 'give it different values of condition'],
  ])('refuses a provider with %s', async (fields, code, problem) => {
    const own = fields.includes("== 'x'") ? '' : 'pool: own-pool, '
    await edited('serviceAccount: billing', `${own}${fields}serviceAccount: billing`)
    const { status, stderr } = await place.federate('plan gcp')
    expect([status, stderr]).toEqual([64, expect.stringContaining(code)])
    expect(stderr).toContain(problem)
  })

  it('refuses a subject that is too long, and offers a mapping', async () => {
    await edited('    claims: {', `    clientId: ${'b'.repeat(120)}\n    claims: {`)
    const { status, stderr } = await place.federate('plan gcp')
    expect([status, stderr]).toEqual([64, expect.stringContaining('has 136 bytes')])
    expect(stderr).toContain('mapping: { google.subject: assertion.client_id }')
  })

  it('leaves a pool without our mark alone, unless it is adopted, and then keeps it', async () => {
    await edited('', '')
    await place.federate('destroy gcp --yes')
    const { pools } = place.sandbox.gcp.project(project)
    const record = pools.get(pool)?.pool
    record?.set({ id: pool, displayName: '', description: 'Ours since 2020', disabled: false, deletedAt: undefined })
    const blocked = await place.federate('setup gcp --yes')
    expect([blocked.status, blocked.stderr]).toEqual([1, expect.stringContaining('bears no mark of federate')])
    expect((await place.federate(`setup gcp --yes --adopt gcp:${project}/pool/${pool}`)).status).toBe(0)
    expect(record?.current?.description).toBe('Ours since 2020 [federate:acme adopted]')
    expect((await place.federate('destroy gcp --yes')).status).toBe(0)
    expect(record?.current).toMatchObject({ description: 'Ours since 2020', deletedAt: undefined })
    expect(provider(place).current.deletedAt).toBeTypeOf('number')
    expect(place.sandbox.gcp.project(project).serviceAccounts.has(account)).toBe(false)
  })
})
