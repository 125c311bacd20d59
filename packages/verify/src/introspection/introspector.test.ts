import { clientSecret } from '@federate/core'
import { describe, expect, it } from 'vitest'
import { audience, FakeIssuer, issuerUrl, newKey, refusalOf, sign, start } from '../issuer.test-kit.ts'
import { createVerifier } from '../verifier.ts'
import type { IntrospectionOptions } from './options.ts'

const key = newKey('k1')

async function asking(options: Partial<IntrospectionOptions> = {}) {
  const issuer = new FakeIssuer(key)
  const clock = { milliseconds: start }
  const warnings: string[] = []
  const introspection = { clientId: 'orders-api', auth: clientSecret({ value: 'only-for-tests' }), ...options }
  const verifier = createVerifier({
    ...{ issuer: issuerUrl, audience, introspection, fetch: issuer.fetch, now: () => clock.milliseconds },
    warn: (message) => warnings.push(message),
  })
  const token = await sign(key)
  const asked = () => issuer.asked.filter((url) => url.endsWith('/introspect')).length
  return { issuer, clock, warnings, verifier, token, asked }
}

describe('introspection', () => {
  it('asks once for all who bring the token, and again when the answer is old', async () => {
    const { verifier, token, asked, clock } = await asking()
    await Promise.all(Array.from({ length: 20 }, () => verifier.verify(token)))
    expect(asked()).toBe(1)
    clock.milliseconds += 10_000
    await verifier.verify(token)
    expect(asked()).toBe(2)
  })

  it('asks every time when answers are not to be kept', async () => {
    const { verifier, token, asked } = await asking({ lifetime: 0 })
    for (let count = 0; count < 3; count += 1) await verifier.verify(token)
    expect(asked()).toBe(3)
  })

  it('refuses what was revoked, as soon as the kept answer is old', async () => {
    const { verifier, token, issuer, clock } = await asking()
    await verifier.verify(token)
    issuer.active = false
    await verifier.verify(token)
    clock.milliseconds += 10_000
    const refusal = await refusalOf(() => verifier.verify(token))
    expect([refusal.code, refusal.answer.status, refusal.answer.error]).toEqual([
      'TOKEN_INACTIVE',
      401,
      'invalid_token',
    ])
  })

  it('is not asked about tokens that are refused anyway', async () => {
    const { verifier, asked } = await asking()
    const forged = await sign(newKey('k1'))
    expect((await refusalOf(() => verifier.verify(forged))).code).toBe('TOKEN_SIGNATURE')
    expect(asked()).toBe(0)
  })

  it('that fails refuses with 503, and with a warning accepts, by choice', async () => {
    const strict = await asking()
    await strict.verifier.verify(strict.token)
    strict.issuer.down = true
    strict.clock.milliseconds += 10_000
    const refusal = await refusalOf(() => strict.verifier.verify(strict.token))
    expect([refusal.code, refusal.answer]).toEqual(['INTROSPECTION_UNAVAILABLE', { status: 503, retryAfter: 1 }])

    const lenient = await asking({ onFailure: 'accept' })
    lenient.issuer.introspectionStatus = 500
    expect((await lenient.verifier.verify(lenient.token)).clientId).toBe('billing')
    expect(lenient.warnings[0]).toContain('so the token is accepted by its signature alone')
  })

  it('takes a refused client for a failure, never for an answer', async () => {
    const { verifier, token, issuer, warnings } = await asking()
    issuer.introspectionStatus = 401
    expect((await refusalOf(() => verifier.verify(token))).code).toBe('INTROSPECTION_UNAVAILABLE')
    expect(warnings[0]).toContain('answered the client orders-api with status 401')
    expect(warnings.join()).not.toContain('only-for-tests')
  })

  it('needs an issuer that offers it', async () => {
    const { verifier, token, issuer } = await asking()
    issuer.discovery = { ...issuer.discovery, introspection_endpoint: undefined }
    const refusal = await refusalOf(() => verifier.verify(token))
    expect(refusal.cause).toMatchObject({ code: 'INTROSPECTION_UNKNOWN' })
  })
})
