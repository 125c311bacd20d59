import type { RuntimeTarget } from '@federate/core'
import { describe, expect, it } from 'vitest'
import { AzureCredentials } from './access-token-credentials.ts'
import { identityEndpoint } from './endpoint.ts'
import { fromRecord, toRecord } from './record.ts'
import { parseAzureRuntime } from './target.ts'

const ids = { tenantId: '2a585d57-a5a8-4688-a60c-9796389eae7a', clientId: '868ab87f-fc57-46b2-8815-9b80a74b8922' }
const runtime = parseAzureRuntime({ ...ids, scope: 'https://storage.azure.com' }, 'test')
const expiresAt = new Date('2026-11-21T12:00:00.999Z')
const lent = (scope: string) =>
  new AzureCredentials({ ...ids, accessToken: 'the-access-token', federatedToken: 'the-token', expiresAt, scope })

async function ask(query: Readonly<Record<string, string>>) {
  const others: unknown[] = []
  const credentials = async (other?: RuntimeTarget) => {
    others.push(other)
    const { scope } = other === undefined ? runtime : parseAzureRuntime({ ...other }, 'test')
    return lent(scope)
  }
  const token = () => Promise.reject(new Error('nobody asked for a token'))
  const asked = { query: new URLSearchParams(query) }
  const { status, body } = await identityEndpoint.answer(asked, { credentials, token }, runtime)
  return { status, body: JSON.parse(body), others }
}

const asked = { 'api-version': '2019-08-01', resource: 'https://storage.azure.com' }

describe('the identity endpoint', () => {
  it('answers as App Service does', async () => {
    expect(await ask(asked)).toEqual({
      status: 200,
      body: {
        access_token: 'the-access-token',
        client_id: ids.clientId,
        expires_on: '1795262400',
        resource: 'https://storage.azure.com',
        token_type: 'Bearer',
      },
      others: [undefined],
    })
  })

  it('takes a scope for a resource, and the client id in any case', async () => {
    const { resource: _, ...rest } = asked
    const query = { ...rest, scope: 'https://storage.azure.com/.default', client_id: ids.clientId.toUpperCase() }
    expect(await ask(query)).toMatchObject({ status: 200, others: [undefined] })
  })

  it('lends the same identity’s tokens for other resources too', async () => {
    const { body, others } = await ask({ ...asked, resource: 'https://vault.azure.net' })
    expect(body).toMatchObject({ resource: 'https://vault.azure.net' })
    expect(others).toEqual([{ ...runtime, scope: 'https://vault.azure.net/.default' }])
  })

  it.each([
    [{ resource: 'https://storage.azure.com' }, 'The api-version is (none), where 2019-08-01 is served.'],
    [{ ...asked, 'api-version': '2017-09-01' }, 'The api-version is "2017-09-01", where 2019-08-01 is served.'],
    [{ 'api-version': '2019-08-01' }, 'The parameter resource is missing.'],
    [{ ...asked, resource: '' }, 'The parameter resource is missing.'],
    [{ ...asked, resource: 'api://a api://b' }, 'The resource is "api://a api://b", where one was expected.'],
    [
      { ...asked, client_id: 'somebody' },
      `No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId. This endpoint lends client ${ids.clientId}, and client_id is "somebody".`,
    ],
    [
      { ...asked, mi_res_id: '/subscriptions/x' },
      `No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId. Name it by its client_id, which is ${ids.clientId}, not by mi_res_id.`,
    ],
  ])('refuses %j', async (query, message) => {
    const { status, body, others } = await ask(query)
    expect({ status, body }).toEqual({ status: 400, body: { statusCode: 400, message } })
    expect(others).toEqual([])
  })

  it.each([
    ['Unauthorized', 401],
    ['AZURE_SUBJECT_CASE', 500],
  ])('words the refusal %s as App Service does', (code, statusCode) => {
    expect(JSON.parse(identityEndpoint.refusal(code, 'Why.'))).toEqual({ statusCode, message: `${code}: Why.` })
  })

  it('names itself, and one family of variables only', () => {
    const place = { url: 'http://127.0.0.1:1/b/f', secret: { value: 's3cret', file: '/run/secret' }, folder: '/run' }
    const environment = identityEndpoint.environment(place, runtime, {})
    expect(environment).toEqual({
      IDENTITY_ENDPOINT: place.url,
      IDENTITY_HEADER: 's3cret',
      AZURE_CLIENT_ID: ids.clientId,
      AZURE_TENANT_ID: ids.tenantId,
    })
    expect(identityEndpoint.outranking).toContain('AZURE_FEDERATED_TOKEN_FILE')
  })
})

describe('a record of Azure credentials', () => {
  it('holds all of them', () => {
    const credentials = lent(runtime.scope)
    const read = fromRecord(JSON.parse(JSON.stringify(toRecord(credentials))))
    expect(toRecord(read)).toEqual(toRecord(credentials))
    expect([read.accessToken, read.federatedToken]).toEqual(['the-access-token', 'the-token'])
  })

  it.each([{}, { accessToken: 1 }, 'text'])('refuses %j', (record) => {
    expect(() => fromRecord(record)).toThrow(expect.objectContaining({ code: 'SERVICE_FILE_INVALID' }))
  })
})
