import { FederateError } from '@federate/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { authorityOf } from './environment.ts'
import { audienceOf, parseAzureRuntime, requestedAudience } from './target.ts'

const ids = { tenantId: '2a585d57-a5a8-4688-a60c-9796389eae7a', clientId: '868ab87f-fc57-46b2-8815-9b80a74b8922' }

describe('a target of a service file', () => {
  it('has the audience and the resource of its cloud', () => {
    expect(parseAzureRuntime(ids, 'flags')).toMatchObject({
      audience: 'api://AzureADTokenExchange',
      environment: 'public',
      scope: 'https://management.azure.com/.default',
    })
    expect(parseAzureRuntime({ ...ids, environment: 'usgovernment' }, 'flags')).toMatchObject({
      audience: 'api://AzureADTokenExchangeUSGov',
      scope: 'https://management.usgovcloudapi.net/.default',
    })
  })

  it.each([
    [{ ...ids, tenantId: 'contoso.com' }, 'AZURE_ID', 'flags, tenantId is the domain contoso.com, expected an id like'],
    [{ ...ids, clientId: 'billing' }, 'AZURE_ID', 'flags, clientId is "billing", expected an id like'],
    [{ clientId: ids.clientId }, 'SERVICE_FILE_INVALID', 'flags, tenantId is missing'],
    [{ ...ids, tenant: 'x' }, 'SERVICE_FILE_INVALID', 'flags has the unknown key "tenant"; did you mean "tenantId"?'],
    [{ ...ids, environment: 'germany' }, 'SERVICE_FILE_INVALID', '"public" or "usgovernment" or "china"'],
  ])('%j is refused as %s', (value, code, words) => {
    const refusal = expect.objectContaining({ code, message: expect.stringContaining(words) })
    expect(() => parseAzureRuntime(value, 'flags')).toThrow(refusal)
  })

  it('is read or refused, never anything else', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        try {
          parseAzureRuntime(value, 'any')
        } catch (error) {
          expect(error).toBeInstanceOf(FederateError)
        }
      }),
    )
  })
})

describe('audiences', () => {
  it('are the constant of the cloud, the client id, or one’s own', () => {
    expect(audienceOf({ audience: 'shared', environment: 'china' }, 'billing')).toBe('api://AzureADTokenExchangeChina')
    expect(audienceOf({ audience: 'client', environment: 'public' }, 'billing')).toBe('billing')
    expect(audienceOf({ audience: 'openshift', environment: 'public' }, 'billing')).toBe('openshift')
  })

  it('are asked for, unless the issuer gives them by itself', () => {
    expect(requestedAudience(parseAzureRuntime(ids, 'flags'))).toBe('api://AzureADTokenExchange')
    expect(requestedAudience(parseAzureRuntime({ ...ids, audienceFrom: 'client' }, 'flags'))).toBeUndefined()
  })
})

describe('authorityOf', () => {
  it('is Microsoft’s, or the one of the SDKs’ variable', () => {
    expect(authorityOf('china', {})).toBe('https://login.chinacloudapi.cn')
    expect(authorityOf('public', { AZURE_AUTHORITY_HOST: 'https://localhost:8443/' })).toBe('https://localhost:8443')
  })
})
