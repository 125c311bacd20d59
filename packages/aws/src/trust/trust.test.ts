import type { ServiceWish } from '@federate/core'
import { describe, expect, it } from 'vitest'
import { awsWishSchema } from '../wish-schema.ts'
import { runtimeOf } from './trust.ts'

const service: ServiceWish = {
  name: 'billing',
  issuerName: 'prod',
  issuer: { url: 'https://keycloak.example.com/realms/prod', kind: 'keycloak' },
  clientId: 'billing-client',
  subject: 'service-account-billing-client',
  auth: { method: 'token_file', file: '/token' },
  claims: {},
  targets: [],
}

function runtime(wish: Record<string, unknown>, outputs: ReadonlyMap<string, unknown> = new Map()) {
  const parsed = awsWishSchema.parse({ account: '123456789012', role: 'billing', ...wish })
  return runtimeOf('acme', { service, name: 's3', wish: parsed }, outputs)
}

describe('what a service needs at run time', () => {
  it('is known from federate.yaml alone', () => {
    expect(runtime({ duration: '2h', region: 'eu-central-1' })).toEqual({
      cloud: 'aws',
      roleArn: 'arn:aws:iam::123456789012:role/federate/acme/billing',
      audience: 'sts.amazonaws.com',
      subject: 'service-account-billing-client',
      durationSeconds: 7200,
      region: 'eu-central-1',
      sessionName: 'federate-billing',
    })
  })

  it('has the ARN of the role that is there: an adopted one keeps its path', () => {
    const arn = 'arn:aws:iam::123456789012:role/old/billing'
    expect(runtime({}, new Map([['aws:123456789012/role/billing', { arn }]])).roleArn).toBe(arn)
    expect(runtime({}, new Map([['aws:123456789012/role/billing', 'strange']])).roleArn).toContain('/federate/acme/')
  })

  it('says when the audience is the client id, which nobody asks for', () => {
    expect(runtime({ audience: 'client' })).toMatchObject({ audience: 'billing-client', audienceFrom: 'client' })
  })
})
