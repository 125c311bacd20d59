import { chmod } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { account, billingAlone, makePlace, type Place } from './harness.ts'

const yaml = `${billingAlone}    roles: { orders: [reader] }
    targets:
      s3:    { cloud: aws, account: "${account}", role: billing }
      lake:  { cloud: gcp, project: acme-prod, serviceAccount: billing }
      files: { cloud: azure, tenant: 2a585d57-a5a8-4688-a60c-9796389eae7a, application: billing, scope: https://storage.azure.com }
apis:
  orders: { audience: api://orders, roles: [reader] }
`

let place: Place
/** What the administrator has, and the service has not. */
const none = { AZURE_CLIENT_SECRET: undefined, AZURE_CLIENT_ID: undefined, AZURE_TENANT_ID: undefined }
const doctor = (line: string, env: Record<string, string | undefined> = {}) =>
  place.asService(`doctor ${line}`, { env: { ...none, HOME: place.folder, ...env } })

async function changed(name: string, from: string, to: string): Promise<string> {
  await place.write(name, (await place.read('billing.federate.json')).replaceAll(from, to))
  return `-s ${place.path(name)}`
}

beforeAll(async () => {
  place = await makePlace(yaml)
  await place.startSandbox()
  for (const side of ['aws', 'gcp', 'azure']) await place.setUp(side)
})
afterAll(() => place.close())

describe('federate doctor', () => {
  it('goes the whole way of a service that is well', async () => {
    const { status, stdout, stderr } = await doctor('billing')
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^pass identity +arn:aws:sts::123456789012:assumed-role\/billing\/\S+$/m)
    expect(stdout).toMatch(/^pass identity +billing@acme-prod\.iam\.gserviceaccount\.com$/m)
    expect(stdout).toMatch(/^pass identity +client \S+ in tenant 2a585d57-\S+, service principal \S+$/m)
    expect(stdout.match(/^pass signature /gm)).toHaveLength(4)
    expect(stdout).toMatch(/\nbilling: (\d+) of \1 checks passed\.\n$/)
    expect(stdout).not.toMatch(/eyJ|FAIL|warn/)
    expect(status).toBe(0)
  })

  it('asks the issuer and the clouds anew each time, and keeps nothing', async () => {
    const before = place.realm.requests('token')
    expect((await doctor('billing --target s3')).status).toBe(0)
    expect(place.realm.requests('token')).toBe(before + 1)
    expect((await place.asService('cache list')).stdout).toBe('')
  })

  it('warns of stored keys that SDKs would use instead, without naming what they hold', async () => {
    const { status, stdout } = await doctor('billing --target s3', { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE' })
    expect(stdout).toContain(
      'SDKs that run here would use a stored key instead of what is lent: AWS_ACCESS_KEY_ID.\n' +
        '                            next: Remove it, or start programs by `federate exec`, which hides it from them.\n',
    )
    expect(stdout).not.toContain('AKIAEXAMPLE')
    expect(stdout).toContain(', 1 to look at.\n')
    expect(status).toBe(0)
  })

  it('tells a wrong secret once, and does not go on with it', async () => {
    await place.write('wrong', 'canary-wrong-secret')
    const { status, stdout } = await doctor(await changed('wrong.json', 'secrets/billing', 'wrong'))
    expect(stdout).toContain('FAIL token                  ISSUER_REFUSED_CLIENT\n     http://')
    expect(stdout.match(/ISSUER_REFUSED_CLIENT, as above$/gm)).toHaveLength(3)
    expect(stdout.match(/^- {4}exchange +There is no token that could be exchanged\.$/gm)).toHaveLength(3)
    expect(stdout).not.toContain('canary')
    expect(status).toBe(3)
  })

  it('finds a secret that is not there, and one that others may read', async () => {
    const missing = await doctor(`${await changed('missing.json', 'secrets/billing', 'nothing')} --target s3`)
    expect(missing.stdout).toContain('SECRET_FILE_MISSING')
    expect(missing.status).toBe(1)
    await place.write('open', await place.read('secrets/billing'))
    await chmod(place.path('open'), 0o644)
    const open = await doctor(`${await changed('open.json', 'secrets/billing', 'open')} --target s3`)
    expect(open.stdout).toMatch(
      /^warn note +The secret in \S+\/open can be read by everybody on this host \(mode 0644\)\./m,
    )
    expect(open.status).toBe(0)
  })

  it('says which step fails when the trust is gone, with what AWS would have wanted', async () => {
    expect((await place.federate('destroy aws --yes')).status).toBe(0)
    const { status, stdout } = await doctor('billing')
    expect(stdout).toContain('FAIL exchange               AWS_NO_PROVIDER\n')
    expect(stdout).toContain('next: Run `federate setup aws` for that account')
    expect(stdout).toMatch(/^- {4}identity +There are no credentials\.$/m)
    expect(stdout).toMatch(/^pass identity +billing@acme-prod/m)
    expect(stdout).toMatch(/: \d+ of \d+ checks passed, 1 failed, 1 not reached\.\n$/)
    expect(status).toBe(3)
  })

  it('gives programs the same, with codes', async () => {
    const port = String(place.issuerPort)
    const line = await changed('away.json', `127.0.0.1:${port}`, '127.0.0.1:9')
    const { status, stdout } = await doctor(`${line} --target lake --json`)
    const report = JSON.parse(stdout)
    expect(report).toMatchObject({ service: 'billing', healthy: false })
    expect(report.places.map(({ name }: { name: string }) => name)).toEqual(['this host', 'the issuer', 'lake'])
    expect(report.places[1].checks[0]).toMatchObject({
      check: 'discovery',
      outcome: 'failed',
      code: 'ISSUER_UNREACHABLE',
    })
    expect(status).toBe(4)
  })

  it('takes flags instead of a service file', async () => {
    const flags = `--issuer ${place.issuer} --client-id billing --secret-file secrets/billing`
    const { status, stdout } = await doctor(flags)
    expect(stdout).toContain('pass token                  sub ')
    expect(stdout).toMatch(/billing: 6 of 6 checks passed\.\n$/)
    expect(status).toBe(0)
  })

  it.each([
    ['billing --target nope', 'The service billing has no target "nope"; it has: files, lake, s3.'],
    ['billing -s billing', 'The service was named twice: billing and --service billing.'],
    ['nobody', 'nobody'],
    ['billing --issuer http://127.0.0.1:1 --client-id x', '--service billing names a service file, and --issuer'],
  ])('refuses %s', async (line, problem) => {
    const { status, stdout, stderr } = await doctor(line)
    expect(stderr).toContain(problem)
    expect(stdout).toBe('')
    expect(status).toBe(64)
  })
})
