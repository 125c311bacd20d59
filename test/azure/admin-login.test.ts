import { nodeFetch, sendRequest, tryJsonObject } from '@federate/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { billingAlone, makePlace, type Place, type Ran } from '../cli/harness.ts'

const tenant = '2a585d57-a5a8-4688-a60c-9796389eae7a'
const other = '11111111-2222-4333-8444-555555555555'
const subscription = 'bb7555b6-56fa-4fa6-bff9-f1fe38507c01'
const clientId = '868ab87f-fc57-46b2-8815-9b80a74b8922'
const graph = 'https://graph.microsoft.com'
const resourceManager = 'https://management.azure.com'

const yaml = `${billingAlone}    targets:
      files: { cloud: azure, tenant: ${tenant}, application: billing, roles: [{ role: Reader, scope: /subscriptions/${subscription} }] }
  operations:
    auth: { method: client_secret_basic, secret: { file: secrets/operations } }
    targets:
      files: { cloud: azure, tenant: ${tenant}, application: operations }
`

let place: Place
const azure = () => place.sandbox.azure

beforeAll(async () => {
  place = await makePlace(yaml)
  await place.startSandbox()
})

afterAll(() => place.close())

/** Plans for a tenant that is reached so, with nothing of the sandbox's administrator in the environment but `env`. */
async function planBy(login: string, env: Readonly<Record<string, string | undefined>> = {}): Promise<Ran> {
  await place.write('federate.admin.yaml', `version: 1\nazure:\n  tenants:\n    ${tenant}: ${login}\n`)
  const none = { AZURE_TENANT_ID: undefined, AZURE_CLIENT_ID: undefined, AZURE_CLIENT_SECRET: undefined }
  return place.federate('plan azure billing', { env: { ...none, ...env } })
}

/** The administrator's token, as `az` would have it. */
async function administratorToken(resource: string): Promise<string> {
  const { clientId: id, clientSecret } = azure().administrator
  const answer = await sendRequest({
    fetch: nodeFetch({ ca: { pem: azure().authority } }),
    peer: { prefix: 'AZURE', name: 'Microsoft Entra' },
    method: 'POST',
    url: `${place.sandbox.env['AZURE_AUTHORITY_HOST']}/${tenant}/oauth2/v2.0/token`,
    form: {
      grant_type: 'client_credentials',
      client_id: id,
      client_secret: clientSecret,
      scope: `${resource}/.default`,
    },
    signal: AbortSignal.timeout(10_000),
  })
  return String(tryJsonObject(answer)?.['access_token'])
}

/** A command `az` that prints what the Azure CLI prints; the variables that find it. */
async function azureCli(script: string): Promise<Readonly<Record<string, string>>> {
  await place.write('az', `#!/bin/sh\necho "$@" >> ${place.path('az.log')}\n${script}\n`, 0o700)
  await place.write('az.log', '')
  return { PATH: `${place.folder}:${process.env['PATH']}` }
}

/** What `az account get-access-token` prints. */
const printed = (accessToken: string, of: string) =>
  JSON.stringify({
    accessToken,
    expiresOn: '2099-01-01 00:00:00.000000',
    expires_on: 4_070_908_800,
    subscription,
    tenant: of,
    tokenType: 'Bearer',
  })

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const ofAnotherTenant = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ tid: other, aud: resourceManager })}.c2lnbmF0dXJl`

describe('login: cli', () => {
  it('asks az for the tenant, once for each of the two services', async () => {
    const script = `case "$*" in
*${graph}*) echo '${printed(await administratorToken(graph), tenant)}' ;;
*) echo '${printed(await administratorToken(resourceManager), tenant)}' ;;
esac`
    const env = await azureCli(script)
    const ran = await planBy('{ login: cli }', env)
    expect(ran).toMatchObject({ status: 2, stdout: expect.stringContaining('Plan: 4 to create.') })
    expect((await place.read('az.log')).trim().split('\n').sort()).toEqual([
      `account get-access-token --output json --resource ${graph} --tenant ${tenant}`,
      `account get-access-token --output json --resource ${resourceManager} --tenant ${tenant}`,
    ])
  })

  it('refuses a token for Resource Manager of another tenant than that for Graph', async () => {
    const script = `case "$*" in
*${graph}*) echo '${printed(await administratorToken(graph), tenant)}' ;;
*) echo '${printed(ofAnotherTenant, other)}' ;;
esac`
    const env = await azureCli(script)
    const ran = await planBy('{ login: cli }', env)
    expect([ran.status, ran.stdout]).toEqual([64, ''])
    expect(ran.stderr).toContain('AZURE_WRONG_TENANT')
    expect(ran.stderr).toContain(
      `The targets are of tenant ${tenant}, the administrator's token for ${resourceManager}/.default is of tenant ${other}.`,
    )
    expect(ran.stderr).toContain(`az login --tenant ${tenant}`)
  })

  it('says that nobody is signed in', async () => {
    const env = await azureCli(`echo "ERROR: Please run 'az login' to setup account." >&2; exit 1`)
    const ran = await planBy('{ login: cli }', env)
    expect(ran.status).toBe(64)
    expect(ran.stderr).toContain(`No administrator's access to tenant ${tenant} (login: cli): Please run 'az login'`)
    expect(ran.stderr).toContain(`Sign in with \`az login --tenant ${tenant}\`; without the Azure CLI, say in`)
  })

  it('says that there is no az', async () => {
    const ran = await planBy('{ login: cli }', { PATH: place.path('secrets') })
    expect(ran.status).toBe(64)
    expect(ran.stderr).toContain('(login: cli): Azure CLI could not be found.')
  })
})

describe('login: environment', () => {
  const variables = () => ({
    AZURE_TENANT_ID: tenant,
    AZURE_CLIENT_ID: azure().administrator.clientId,
    AZURE_CLIENT_SECRET: azure().administrator.clientSecret,
  })

  it('signs in by the secret of an application', async () => {
    expect(await planBy('{ login: environment }', variables())).toMatchObject({ status: 2 })
  })

  it('signs in to the tenant of the targets, although the application is of another', async () => {
    expect(await planBy('{ login: environment }', { ...variables(), AZURE_TENANT_ID: other })).toMatchObject({
      status: 2,
    })
  })

  it('shows how Entra refused the secret, and never the secret', async () => {
    const ran = await planBy('{ login: environment }', { ...variables(), AZURE_CLIENT_SECRET: 'canary-s3cret' })
    expect(ran.status).toBe(3)
    expect(ran.stderr).toContain('AZURE_NO_CREDENTIALS')
    expect(ran.stderr).toMatch(
      /AADSTS7000215: Invalid client secret provided\. Trace ID: \S{36} Correlation ID: \S{36}/,
    )
    expect(ran.stderr).toContain('Set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET')
    expect(ran.stderr).not.toContain('canary-s3cret')
  })

  it('asks this machine itself, where there is a proxy', async () => {
    const env = { ...variables(), HTTPS_PROXY: 'http://127.0.0.1:9' }
    expect(await planBy('{ login: environment }', env)).toMatchObject({ status: 2 })
  })

  it('says that Entra, or the proxy on the way, is not reached, and not that credentials are missing', async () => {
    const nowhere = { ...variables(), AZURE_AUTHORITY_HOST: 'https://localhost:9' }
    const elsewhere = { ...variables(), AZURE_AUTHORITY_HOST: undefined, HTTPS_PROXY: 'http://127.0.0.1:9' }
    const [entra, proxy] = await Promise.all([nowhere, elsewhere].map((env) => planBy('{ login: environment }', env)))
    expect([entra?.status, proxy?.status]).toEqual([4, 4])
    expect(entra?.stderr).toContain('error AZURE_UNREACHABLE')
    expect(entra?.stderr).toContain('Microsoft Entra at localhost:9 cannot be reached: the connection was refused')
    expect(proxy?.stderr).toContain('error PROXY_UNREACHABLE')
    expect(proxy?.stderr).toContain('The proxy at 127.0.0.1:9, set by HTTPS_PROXY, cannot be reached')
    expect(`${entra?.stderr}${proxy?.stderr}`).not.toContain('az login')
  })

  it('names the variables where none is set', async () => {
    const ran = await planBy('{ login: environment }')
    expect(ran.status).toBe(64)
    expect(ran.stderr).toContain('(login: environment): EnvironmentCredential is unavailable.')
    expect(ran.stderr).toContain('Set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET')
  })
})

describe('login: federation', () => {
  const login = () => `{ login: federation, clientId: ${clientId}, tokenFile: ${place.path('admin.jwt')} }`

  beforeAll(async () => {
    const { applications, servicePrincipals } = azure().tenant(tenant)
    const realm = place.sandbox.issuer.realm(place.issuer)
    const client = realm?.running.definition.clients.find((one) => one.clientId === 'operations')
    if (realm === undefined || client === undefined) throw new Error('the sandbox has no such client')
    await place.write('admin.jwt', await realm.signToken(client, ['federate-azure']))
    const credential = { id: 'c', name: 'administrators', issuer: place.issuer, subject: 'service-account-operations' }
    applications.set('a', {
      ...{ id: 'a', appId: clientId, uniqueName: 'administrators', displayName: 'administrators', tags: [] },
      signInAudience: 'AzureADMyOrg',
      federatedCredentials: [{ ...credential, audiences: ['api://AzureADTokenExchange'], description: null }],
    })
    servicePrincipals.set('p', { id: 'p', appId: clientId, displayName: 'administrators', tags: [] })
  })

  it('signs in by the token in a file', async () => {
    azure().administrators.add(clientId)
    const ran = await planBy(login())
    azure().administrators.delete(clientId)
    expect(ran).toMatchObject({ status: 2, stdout: expect.stringContaining('Plan: 4 to create.') })
  })

  it('names what an application that is no administrator lacks', async () => {
    const ran = await planBy(login())
    expect(ran.status).toBe(3)
    expect(ran.stderr).toContain('AZURE_ACCESS_DENIED')
    expect(ran.stderr).toContain(`The client '${clientId}' with object id 'p' does not have authorization`)
    // Both services are asked at once.
    expect(ran.stderr).toMatch(/Get (Application\.ReadWrite\.OwnedBy|the role Reader in the scope), or/)
  })

  it('shows how Entra refused the token', async () => {
    const [application] = azure().tenant(tenant).applications.values()
    const [credential] = application?.federatedCredentials ?? []
    if (application === undefined || credential === undefined) throw new Error('there is no application')
    application.federatedCredentials = [{ ...credential, subject: 'somebody-else' }]
    const ran = await planBy(login())
    application.federatedCredentials = [credential]
    expect(ran.status).toBe(3)
    expect(ran.stderr).toContain('(login: federation): ')
    expect(ran.stderr).toContain('AADSTS700213')
    expect(ran.stderr).toContain('Check clientId and tokenFile in federate.admin.yaml')
  })

  it('says that the file is missing', async () => {
    const ran = await planBy(`{ login: federation, clientId: ${clientId}, tokenFile: ${place.path('nowhere.jwt')} }`)
    expect(ran.status).toBe(64)
    expect(ran.stderr).toContain('nowhere.jwt')
    expect(ran.stderr).toContain('Check clientId and tokenFile in federate.admin.yaml')
  })

  it('is refused without its file, before anybody is asked', async () => {
    const ran = await planBy('{ login: federation }')
    expect(ran.status).toBe(64)
    expect(ran.stderr).toContain('federation needs clientId and tokenFile')
  })
})

describe('login: default', () => {
  it('says what each way lacks where there is none', async () => {
    const ran = await planBy('{ login: default }', { PATH: place.path('secrets') })
    expect(ran.status).toBe(64)
    expect(ran.stderr).toContain(`No administrator's access to tenant ${tenant} (login: default): `)
    expect(ran.stderr).toContain('EnvironmentCredential is unavailable.')
    expect(ran.stderr).toContain('Azure CLI could not be found.')
    expect(ran.stderr).toContain(`Sign in with \`az login --tenant ${tenant}\``)
  })
})

describe('login: browser', () => {
  it('opens the sign-in page of the tenant, and says what came of it', async () => {
    // Stands in for a browser whose user refuses: Entra sends it back to the address that it was given.
    await place.write('xdg-open', `#!${process.execPath}\n${refusingBrowser}`, 0o700)
    const ran = await planBy('{ login: browser }', { PATH: place.folder, OPENED: place.path('opened') })
    const opened = new URL(await place.read('opened'))
    expect(`${opened.origin}${opened.pathname}`).toBe(
      `${place.sandbox.env['AZURE_AUTHORITY_HOST']}/${tenant}/oauth2/v2.0/authorize`,
    )
    expect(Object.fromEntries(opened.searchParams)).toMatchObject({
      response_type: 'code',
      response_mode: 'form_post',
      code_challenge_method: 'S256',
      scope: expect.stringMatching(/^https:\S+\/\.default openid profile offline_access$/),
      redirect_uri: expect.stringMatching(/^http:\/\/localhost:\d+$/),
    })
    expect(await place.read('opened.count')).toBe('1')
    expect(ran.status).toBe(3)
    expect(ran.stderr).toContain('(login: browser): AADSTS65004: User declined to consent')
    expect(ran.stderr).toContain('Run it where a browser can be opened')
  })

  it('says that there is no browser', async () => {
    const ran = await planBy('{ login: browser }', { PATH: place.path('secrets') })
    expect(ran.status).toBe(64)
    expect(ran.stderr).toContain('(login: browser): spawn xdg-open ENOENT.')
  })
})

const refusingBrowser = `
const opened = new URL(process.argv[2])
require('node:fs').writeFileSync(process.env.OPENED, opened.href)
require('node:fs').appendFileSync(process.env.OPENED + '.count', '1')
const body = new URLSearchParams({
  error: 'access_denied',
  error_description: 'AADSTS65004: User declined to consent to access the app.',
  state: opened.searchParams.get('state'),
}).toString()
const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length }
const to = opened.searchParams.get('redirect_uri')
require('node:http').request(to, { method: 'POST', headers }, (response) => response.resume()).end(body)
`
