/** A hundred customers issued in one run at a real Keycloak: requests per customer, and time against the bare requests. */
import { nodeFetch } from '@federate/core'
import { CustomerKeys } from '@federate/keycloak/keys'
import { stringField } from '../keycloak/admin.ts'
import { bootstrapAdmin } from '../keycloak/distribution.ts'
import { startKeycloak } from '../keycloak/server.ts'
import { startKeysPlace } from '../keys/customer-place.ts'
import { row } from './verify-pairs.ts'

const block = 10
const place = await startKeysPlace(await startKeycloak())
try {
  const { admin } = place.keycloak
  const transport = nodeFetch()
  let requests = 0
  const keys = new CustomerKeys({
    ...{ owner: 'acme-platform', issuer: { url: place.issuer, kind: 'keycloak' } },
    apis: [{ name: 'orders', audience: 'api://orders', roles: ['reader', 'writer'] }],
    context: {
      fetch: (url, init) => {
        requests += 1
        return transport(url, init)
      },
      env: {
        FEDERATE_KEYCLOAK_USERNAME: bootstrapAdmin.username,
        FEDERATE_KEYCLOAK_PASSWORD: bootstrapAdmin.password,
      },
      ...{ now: Date.now, signal: new AbortController().signal, warn: console.error },
    },
  })
  const issue = (name: string) =>
    keys.issue({ name, grants: new Map([['orders', ['reader']]]), credential: { kind: 'secret' } })

  const first = async (path: string, name: string, value: string): Promise<string> => {
    const found = await admin.get(`/acme${path}`)
    const list = Array.isArray(found) ? found : []
    return stringField(
      list.find((one) => one[name] === value),
      'id',
    )
  }
  const scope = await first('/client-scopes', 'name', 'service_account')
  const api = await first('/clients?clientId=api%3A%2F%2Forders', 'clientId', 'api://orders')
  const role = { id: await first(`/clients/${api}/roles`, 'name', 'reader'), name: 'reader' }
  const bare = async (clientId: string) => {
    const id = await admin.create('/acme/clients', {
      ...{
        clientId,
        secret: 'only-for-tests',
        protocol: 'openid-connect',
        publicClient: false,
        fullScopeAllowed: false,
      },
      ...{ serviceAccountsEnabled: true, standardFlowEnabled: false, directAccessGrantsEnabled: false },
      ...{ defaultClientScopes: ['basic'], optionalClientScopes: ['api://orders'] },
    })
    await admin.delete(`/acme/clients/${id}/default-client-scopes/${scope}`)
    const user = stringField(await admin.get(`/acme/clients/${id}/service-account-user`), 'id')
    await admin.create(`/acme/users/${user}/role-mappings/clients/${api}`, [role])
    await admin.create(`/acme/clients/${id}/scope-mappings/clients/${api}`, [role])
  }

  const rate = async (work: (name: string) => Promise<unknown>, prefix: string): Promise<number> => {
    const start = performance.now()
    for (let count = 0; count < block; count += 1) await work(`${prefix}-${count}`)
    return (block * 1000) / (performance.now() - start)
  }
  await rate(bare, 'warm')
  const pairs: [number, number][] = []
  for (let round = 0; round < 10; round += 1) {
    pairs.push([await rate(issue, `ours-${round}`), await rate(bare, `bare-${round}`)])
  }
  console.log('| what | against | ratio of medians (range) | per second |\n|---|---|---|---|')
  console.log(row('100 customers issued', 'the five bare requests each', pairs))
  console.log(`\n${requests} requests for 100 customers, logins and look-ups included`)
} finally {
  await place.close()
}
