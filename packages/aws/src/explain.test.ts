import type { ExaminedToken, ServiceWish } from '@federate/core'
import { describe, expect, it } from 'vitest'
import { explain } from './explain.ts'
import { awsWishSchema } from './wish-schema.ts'

const now = new Date('2026-11-21T12:00:00Z')
const seconds = now.getTime() / 1000
const issuer = 'https://keycloak.example.com/realms/prod'
const service: ServiceWish = {
  name: 'billing',
  issuerName: 'prod',
  issuer: { url: issuer, kind: 'keycloak' },
  clientId: 'billing',
  subject: 'service-account-billing',
  auth: { method: 'token_file', file: '/token' },
  claims: {},
  targets: [],
}

function question(claims: Record<string, unknown>, audience = 'shared') {
  const token: ExaminedToken = {
    header: { alg: 'RS256', kid: '1', typ: 'JWT' },
    claims: {
      iss: issuer,
      sub: 'service-account-billing',
      aud: 'sts.amazonaws.com',
      azp: 'sts.amazonaws.com',
      iat: seconds - 10,
      exp: seconds + 600,
      ...claims,
    },
    signature: { state: 'valid' },
    length: 900,
  }
  const wish = awsWishSchema.parse({ account: '123456789012', role: 'billing', audience })
  return { owner: 'acme', service, target: { service: 'billing', name: 's3', cloud: 'aws', wish }, token, now }
}

describe('explain', () => {
  it("accepts the service's own token", async () => {
    expect(await explain(question({}))).toMatchObject({ decision: 'accepted' })
  })

  it('refuses the token of another service as STS would', async () => {
    const verdict = await explain(question({ sub: 'service-account-reporting' }))
    expect(verdict).toMatchObject({ decision: 'refused', refusal: { code: 'AccessDenied', status: 403 } })
    expect(JSON.stringify(verdict.rules)).toContain('service-account-reporting')
  })

  it('refuses another audience as STS would, and takes the client id where that was wished', async () => {
    const own = { aud: 'account', azp: 'billing' }
    expect(await explain(question(own))).toMatchObject({
      decision: 'refused',
      refusal: { code: 'InvalidIdentityToken', status: 400 },
    })
    expect(await explain(question(own, 'client'))).toMatchObject({ decision: 'accepted' })
  })
})
