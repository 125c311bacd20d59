import { describe, expect, it } from 'vitest'
import { apiScope } from './api-scope.ts'
import { cloudScope, cloudScopes, scopeForAudience, targetScopes } from './cloud-scopes.ts'
import { mappedClaims } from './mappers.ts'
import { serviceAccountSubject } from './service-account.ts'

const subject = {
  clientId: 'Billing',
  serviceAccountUserName: serviceAccountSubject('Billing'),
  serviceAccountId: '53e0105d-7a09-4bb1-8644-26096b690a08',
}

describe('cloud scopes', () => {
  it('for AWS put its audience into aud and azp, and the service account by name into sub', () => {
    expect(mappedClaims(cloudScope('aws')?.mappers ?? [], subject)).toEqual({
      aud: 'sts.amazonaws.com',
      azp: 'sts.amazonaws.com',
      sub: 'service-account-billing',
    })
  })

  it('have names and audiences of their own', () => {
    expect(new Set(cloudScopes.map((scope) => scope.name)).size).toBe(cloudScopes.length)
    expect(new Set(cloudScopes.map((scope) => scope.audience)).size).toBe(cloudScopes.length)
  })

  it('hold only what the Admin API takes: strings in config, mapper names that differ within a scope', () => {
    for (const scope of cloudScopes) {
      expect(new Set(scope.mappers.map((mapper) => mapper.name)).size).toBe(scope.mappers.length)
      for (const mapper of scope.mappers) {
        expect(Object.values(mapper.config).every((value) => typeof value === 'string')).toBe(true)
      }
    }
  })

  it('are none for a cloud that is not known', () => {
    expect(cloudScope('moon')).toBeUndefined()
  })
})

describe('targetScopes', () => {
  const target = (cloud: string, wish: object = {}) => ({ service: 'billing', name: 'lake', cloud, wish })
  const ownName = 'https://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/acme/providers/kc'

  it('are those of the clouds, each once', () => {
    const targets = [target('gcp'), target('aws'), target('gcp'), target('moon')]
    expect(targetScopes({ targets }).map(({ name }) => name)).toEqual(['federate-gcp', 'federate-aws'])
  })

  it('are of their own for a wish with its own audience, with the subject of the cloud', () => {
    const [scope, ...others] = targetScopes({ targets: [target('gcp', { tokenAudience: ownName })] })
    expect([scope?.name, others]).toEqual([ownName, []])
    expect(scopeForAudience(ownName)).toBe(ownName)
    expect(mappedClaims(scope?.mappers ?? [], subject)).toEqual({ aud: ownName, sub: 'service-account-billing' })
  })
})

describe('scopeForAudience', () => {
  it('names the scope of a cloud', () => {
    expect(scopeForAudience('sts.amazonaws.com')).toBe('federate-aws')
  })

  it('leaves any other audience as it is', () => {
    expect(scopeForAudience('api://orders')).toBe('api://orders')
  })
})

describe('apiScope', () => {
  it('is named like its audience and changes nothing else', () => {
    const scope = apiScope('api://orders')
    expect(scope.name).toBe('api://orders')
    expect(mappedClaims(scope.mappers, subject)).toEqual({ aud: 'api://orders' })
  })
})
