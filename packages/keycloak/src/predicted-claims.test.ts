import type { ServiceWish } from '@federate/core'
import { describe, expect, it } from 'vitest'
import { predictedClaims } from './predicted-claims.ts'

const service: ServiceWish = {
  name: 'billing',
  issuerName: 'prod',
  issuer: { url: 'https://keycloak.example.com/realms/prod', kind: 'keycloak' },
  clientId: 'Billing',
  subject: 'service-account-billing',
  auth: { method: 'client_secret_basic', secret: { file: 'secret' } },
  claims: {},
  targets: [],
}

describe('predictedClaims', () => {
  it("has AWS's audience in aud and azp, and the service account's user name as sub", () => {
    expect(predictedClaims(service, 'sts.amazonaws.com')).toEqual({
      sub: 'service-account-billing',
      azp: 'sts.amazonaws.com',
      aud: 'sts.amazonaws.com',
    })
  })

  it('leaves azp and sub of a token for an own API as they are', () => {
    expect(predictedClaims(service, 'api://orders')).toEqual({
      sub: '(a UUID chosen by Keycloak)',
      azp: 'Billing',
      aud: 'api://orders',
    })
  })

  it('has no audience when none is asked for', () => {
    expect(predictedClaims(service, undefined)).toEqual({ sub: '(a UUID chosen by Keycloak)', azp: 'Billing' })
  })
})
