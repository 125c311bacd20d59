import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Place, Ran } from '../cli/harness.ts'
import { azureModules, azurePlace, exchanges, tenant } from './place.ts'

let place: Place

beforeAll(async () => {
  place = await azurePlace()
})

afterAll(() => place.close())

/** Runs a program of Node inside `federate exec`, beside an administrator's secret that must not be used. */
function inside(program: string): Promise<Ran> {
  const env = { NODE_PATH: azureModules, AZURE_FEDERATED_TOKEN_FILE: '/nowhere' }
  const library = "const { DefaultAzureCredential, ManagedIdentityCredential } = require('@azure/identity');"
  return place.asService(['exec', 'billing', '--', process.execPath, '-e', `${library}${program}`], { env })
}

const claims = `
  const claims = ({ token }) => {
    const { aud, tid, appid, azp } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'))
    return { aud, tid, client: appid ?? azp }
  };`

const clientId = () => [...place.sandbox.azure.tenant(tenant).applications.values()][0]?.appId

describe('a command under exec', () => {
  it.each([
    'new DefaultAzureCredential()',
    'new ManagedIdentityCredential()',
    'new ManagedIdentityCredential({ clientId: process.env.AZURE_CLIENT_ID })',
  ])('is @azure/identity, unmodified: %s', async (credential) => {
    const ran = await inside(`${claims}
      ${credential}.getToken('https://storage.azure.com/.default')
        .then((token) => console.log(JSON.stringify(claims(token))), (error) => console.log(error.message))`)
    expect(ran.status).toBe(0)
    expect(JSON.parse(ran.stdout)).toEqual({ aud: 'https://storage.azure.com', tid: tenant, client: clientId() })
  })

  it('gets tokens for further resources, each with one exchange for many who ask', async () => {
    const before = exchanges(place)
    const ran = await inside(`${claims}
      const ask = (scope) => new ManagedIdentityCredential().getToken(scope)
      Promise.all(Array.from({ length: 20 }, () => ask('https://vault.azure.net/.default')))
        .then((tokens) => console.log(new Set(tokens.map((token) => claims(token).aud))), (error) => console.log(error.message))`)
    expect(ran.stdout).toBe("Set(1) { 'https://vault.azure.net' }\n")
    expect(exchanges(place) - before).toBe(1)
  })

  it('is told why an identity is not lent', async () => {
    const ran = await inside(`
      new ManagedIdentityCredential({ clientId: '${tenant}' }).getToken('https://storage.azure.com/.default')
        .then(() => console.log('lent'), (error) => console.log(error.message))`)
    expect(ran.stdout).toContain('No User Assigned or Delegated Managed Identity found')
    expect(ran.stdout).toContain(`This endpoint lends client ${clientId()}`)
  })
})

describe('the cache', () => {
  it('keeps access tokens, and never the federated token file', async () => {
    await place.asService('credentials azure --format token')
    const before = exchanges(place)
    await place.asService('credentials azure --format json')
    expect(exchanges(place) - before).toBe(0)
    const line = `credentials azure --format federated-token-file --federated-token-file ${place.path('azure.jwt')}`
    await place.asService(line)
    const first = await place.read('azure.jwt')
    await place.asService(line)
    expect(await place.read('azure.jwt')).not.toBe(first)
    expect(exchanges(place) - before).toBe(2)
  })
})
