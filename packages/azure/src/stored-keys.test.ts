import { expect, it } from 'vitest'
import { identityEndpoint } from './endpoint.ts'
import { storedKeys } from './stored-keys.ts'

it('names the variables that hold a secret or where one is, and never what they hold', async () => {
  const env = { AZURE_CLIENT_ID: 'x', AZURE_TENANT_ID: 'y', AZURE_CLIENT_SECRET: 's', AZURE_PASSWORD: '' }
  expect(await storedKeys(env)).toEqual(['AZURE_CLIENT_SECRET'])
  expect(await storedKeys({ AZURE_CLIENT_CERTIFICATE_PATH: '/c.pem' })).toEqual(['AZURE_CLIENT_CERTIFICATE_PATH'])
  expect(await storedKeys({})).toEqual([])
})

it('names nothing that `exec` would leave in sight', async () => {
  const all = new Proxy({}, { get: () => 'set' })
  expect(identityEndpoint.outranking).toEqual(expect.arrayContaining([...(await storedKeys(all))]))
})
