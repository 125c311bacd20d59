import { stat } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clearTenant, storedIn } from '../azure/stored.ts'
import { account, billingAlone, makePlace, type Place } from './harness.ts'

const tenant = '2a585d57-a5a8-4688-a60c-9796389eae7a'
const subscription = 'bb7555b6-56fa-4fa6-bff9-f1fe38507c01'
const role = `{ role: Storage Blob Data Reader, scope: /subscriptions/${subscription}/resourceGroups/data }`
const identity = `{ subscription: ${subscription}, resourceGroup: data, name: billing, location: westeurope }`

const yaml = `${billingAlone}    targets:
      s3: { cloud: aws, account: "${account}", role: billing }
      files: { cloud: azure, tenant: ${tenant}, application: billing, scope: https://storage.azure.com, roles: [${role}] }
      vault: { cloud: azure, tenant: ${tenant}, managedIdentity: ${identity}, scope: https://vault.azure.net }
`

let place: Place
const azure = () => place.sandbox.azure

beforeAll(async () => {
  place = await makePlace(yaml)
  await place.startSandbox()
})

afterAll(() => place.close())

describe('the whole chain in Azure, with the bundled command', () => {
  it('applies the plan, waits while Entra forgets and remembers, and verifies by several exchanges in a row', async () => {
    expect((await place.federate('plan azure')).stdout).toContain('Plan: 6 to create.')
    Object.assign(azure().delays, { staleTokens: 2, unknownPrincipals: 1 })
    const before = azure().requests.length
    const setup = await place.federate('setup azure --yes')
    Object.assign(azure().delays, { staleTokens: 0, unknownPrincipals: 0 })
    expect(setup.stdout).toContain(
      'verified billing/files (azure): a real token was exchanged; the cloud says: client ',
    )
    expect(setup.stdout).toContain('verified billing/vault (azure)')
    expect(setup.status).toBe(0)
    const requests = azure().requests.slice(before)
    const exchanges = requests.filter((one) => one === `POST /${tenant}/oauth2/v2.0/token`).length
    // Two refusals, then three successes without a refusal between them, for each of the two; and the administrator's.
    expect(exchanges).toBeGreaterThanOrEqual(11)
    expect(requests.filter((one) => one.startsWith('PUT') && one.includes('roleAssignments'))).toHaveLength(2)
  })

  it('writes the ids that Azure chose into the service file, and keeps those of other clouds', async () => {
    expect((await place.federate('setup aws --yes')).status).toBe(0)
    const [application] = azure().tenant(tenant).applications.values()
    const file = JSON.parse(await place.read('billing.federate.json'))
    expect(Object.keys(file.targets).sort()).toEqual(['files', 's3', 'vault'])
    expect(file.targets.files).toMatchObject({
      cloud: 'azure',
      tenantId: tenant,
      clientId: application?.appId,
      scope: 'https://storage.azure.com/.default',
    })
  })

  it('changes nothing the second time, and says what drifted', async () => {
    expect((await place.federate('plan azure')).status).toBe(0)
    const [application] = azure().tenant(tenant).applications.values()
    const [credential] = application?.federatedCredentials ?? []
    if (application === undefined || credential === undefined) throw new Error('nothing was made')
    application.federatedCredentials = [{ ...credential, subject: 'somebody' }]
    const status = await place.federate('status azure')
    expect(status.status).toBe(2)
    expect(status.stdout).toContain('~ change federated credential federate_acme_billing_files')
    expect((await place.federate('setup azure --yes')).status).toBe(0)
    expect((await place.federate('status azure')).status).toBe(0)
  })
})

describe('credentials azure', () => {
  const service = { AZURE_CLIENT_SECRET: undefined }

  it('gives an access token for the resource of the target, or another', async () => {
    const json = await place.federate('credentials azure --target files', { env: service })
    expect(JSON.parse(json.stdout)).toMatchObject({ tokenType: 'Bearer', scope: 'https://storage.azure.com/.default' })
    const token = await place.federate('credentials azure --target vault --format token --resource api://x', {
      env: service,
    })
    const [, payload = ''] = token.stdout.split('.')
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({ aud: 'api://x', tid: tenant })
  })

  it('keeps the federated token file', async () => {
    const file = place.path('azure.jwt')
    const ran = await place.federate(
      `credentials azure --target files --format federated-token-file --federated-token-file ${file}`,
      { env: service },
    )
    expect(ran.stdout).toContain(`export AZURE_FEDERATED_TOKEN_FILE='${file}'`)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await place.read('azure.jwt')).split('.')).toHaveLength(3)
  })

  it('explains a refusal with the code, the ids and the place', async () => {
    const [client] = azure().tenant(tenant).applications.values()
    const [credential] = client?.federatedCredentials ?? []
    if (client === undefined || credential === undefined) throw new Error('nothing was made')
    client.federatedCredentials = [{ ...credential, subject: 'service-account-Billing' }]
    const ran = await place.federate('credentials azure --target files --no-cache', { env: service })
    client.federatedCredentials = [credential]
    expect(ran.status).toBe(3)
    expect(ran.stderr).toContain('AZURE_SUBJECT_CASE')
    expect(ran.stderr).toMatch(/AADSTS7002138: .*Trace id: [0-9a-f-]{36}, correlation id: [0-9a-f-]{36}/s)
  })
})

describe('explain azure --live', () => {
  it('judges by what Graph and Resource Manager have now', async () => {
    const live = await place.federate('explain azure billing --target files --live')
    expect(live.stdout).toContain('accepted by azure')
    expect((await place.federate('explain azure billing --target vault --live')).stdout).toContain('accepted by azure')
    const [client] = azure().tenant(tenant).applications.values()
    const [credential] = client?.federatedCredentials ?? []
    if (client === undefined || credential === undefined) throw new Error('nothing was made')
    client.federatedCredentials = [{ ...credential, issuer: `${credential.issuer}/` }]
    const refused = await place.federate('explain azure billing --target files --live')
    await place.write('token.jwt', (await place.federate('token --for files --raw')).stdout)
    const byId = `--live --application-id ${client.appId} --tenant-id ${tenant} --token-file token.jwt`
    const named = await place.federate(`explain azure ${byId}`, { cwd: place.folder })
    client.federatedCredentials = [credential]
    for (const ran of [refused, named]) {
      expect(ran.stderr).toBe('')
      expect(ran.status).toBe(3)
      expect(ran.stdout).toContain('AADSTS700211')
      expect(ran.stdout).toContain('by the slash at the end')
    }
  })
})

describe('destroy azure', () => {
  it('leaves nothing of ours', async () => {
    const destroy = await place.federate('destroy azure --yes')
    expect(destroy.stdout).toContain('Destroyed 6 object(s) of acme.')
    const { applications, servicePrincipals, identities, assignments } = azure().tenant(tenant)
    expect([applications, servicePrincipals, identities, assignments].map(({ size }) => size)).toEqual([0, 0, 0, 0])
  })
})

describe('setup azure that is killed', () => {
  const writes = () => azure().requests.filter((one) => /^(PUT|PATCH)/.test(one)).length

  /** Runs setup and sends it a signal as soon as Azure has had `count` of its writes. */
  async function setupEndedAfter(count: number, signal: NodeJS.Signals): Promise<number> {
    const goal = writes() + count
    let timer: NodeJS.Timeout | undefined
    const ran = await place.federate('setup azure --yes --no-verify', {
      during: (child) => {
        timer = setInterval(() => {
          if (writes() >= goal) child.kill(signal)
        }, 1)
      },
    })
    clearInterval(timer)
    return ran.status
  }

  it('at any write leaves what another run completes', { timeout: 60_000 }, async () => {
    const before = writes()
    expect((await place.federate('setup azure --yes --no-verify')).status).toBe(0)
    const [complete, total] = [storedIn(azure().tenant(tenant)), writes() - before]
    const ended: number[] = []
    for (let count = 1; count < total; count += 1) {
      clearTenant(azure().tenant(tenant))
      ended.push(await setupEndedAfter(count, count === 2 ? 'SIGINT' : 'SIGKILL'))
      expect((await place.federate('setup azure --yes --no-verify')).status).toBe(0)
      expect(storedIn(azure().tenant(tenant))).toEqual(complete)
    }
    // The signal may come too late for the last of them.
    expect(ended.filter((status) => status !== 0).length).toBeGreaterThan(2)
  })
})
