import { describe, expect, it } from 'vitest'
import { parseGcpRuntime } from './target.ts'

const provider = 'projects/123456789/locations/global/workloadIdentityPools/on-prem/providers/keycloak'

describe('parseGcpRuntime', () => {
  it('fills in what is usual', () => {
    expect(parseGcpRuntime({ provider }, 'x')).toEqual({
      cloud: 'gcp',
      provider,
      audience: 'sts.googleapis.com',
      scopes: ['https://www.googleapis.com/auth/cloud-platform'],
      lifetimeSeconds: 3600,
    })
  })

  it.each([`//iam.googleapis.com/${provider}`, `https://iam.googleapis.com/${provider}`])('takes %s', (text) => {
    expect(parseGcpRuntime({ provider: text }, 'x').provider).toBe(provider)
  })

  it.each([
    [{}, 'SERVICE_FILE_INVALID', 'x, provider is missing'],
    [{ provider: 'keycloak' }, 'GCP_PROVIDER_NAME', 'x, provider has "keycloak"'],
    [
      { provider: provider.replace('123456789', 'acme-prod') },
      'GCP_PROVIDER_NAME',
      'has the project id "acme-prod", where the project\'s number',
    ],
    [{ provider, serviceAccount: 'billing' }, 'GCP_SERVICE_ACCOUNT', 'x, serviceAccount is "billing"'],
    [{ provider, lifetimeSeconds: 43_201 }, 'SERVICE_FILE_INVALID', 'a whole number from 60 to 43200'],
    [{ provider, scopes: [] }, 'GCP_SCOPE', 'x, scopes is empty'],
    [{ provider, scopes: [''] }, 'GCP_SCOPE', 'x, scopes has ""'],
    [{ provider, scopes: ['a b'] }, 'GCP_SCOPE', 'x, scopes has "a b", where OAuth scopes without spaces'],
    [{ provider, scope: 'x' }, 'SERVICE_FILE_INVALID', 'did you mean "scopes"?'],
  ])('refuses %j', (value, code, problem) => {
    expect(() => parseGcpRuntime(value, 'x')).toThrow(
      expect.objectContaining({ code, problem: expect.stringContaining(problem) }),
    )
  })
})
