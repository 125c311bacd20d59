import { describe, expect, it } from 'vitest'
import { explainToken } from './explain.ts'
import { audience, FakeIssuer, issuerUrl, keycloakClaims, newKey, refusalOf, sign, start } from './issuer.test-kit.ts'
import type { TrustedIssuer } from './options.ts'
import { isText, requireClaim, requireScope } from './requirements.ts'
import { createVerifier } from './verifier.ts'

const key = newKey('k1')
const jwks = { keys: [key.jwk] }
const now = new Date(start)
const trusted: TrustedIssuer = { issuer: issuerUrl, audience, clients: ['billing'] }

describe('explainToken', () => {
  it('goes through every rule of a good token', async () => {
    const verdict = await explainToken(trusted, {
      token: await sign(key),
      jwks,
      now,
      requirements: [requireScope(audience)],
    })
    expect(verdict.decision).toBe('accepted')
    expect(verdict.rules.map(({ rule, outcome }) => `${rule}: ${outcome}`)).toEqual(
      [
        ...['form', 'issuer', 'algorithm', 'header', 'type', 'kind', 'required claims', 'audience', 'cloud token'],
        ...['expiry', 'beginning', 'signature', 'client', 'scope'],
      ].map((rule) => `${rule}: passed`),
    )
  })

  it('shows everything that is wrong, and the answer that the first of it gets', async () => {
    const claims = keycloakClaims({ aud: 'account', exp: start / 1000 - 60, azp: 'mallory', tenant_id: 7 })
    const requirements = [requireClaim('tenant_id', isText)]
    const verdict = await explainToken(trusted, { token: await sign(newKey('k1'), claims), jwks, now, requirements })
    const wrong = verdict.rules.filter(({ outcome }) => outcome === 'failed')
    expect(wrong.map(({ rule }) => rule)).toEqual(['audience', 'expiry', 'signature', 'client', 'claim tenant_id'])
    expect(wrong[0]).toMatchObject({
      expected: audience,
      actual: 'account',
      next: expect.stringContaining('scope=api://orders'),
    })
    expect(verdict.refusal).toEqual({
      status: 401,
      code: 'invalid_token',
      message: 'The access token is not valid for this API',
    })
  })

  it('says that a signature was not checked without the keys', async () => {
    const { decision, rules } = await explainToken(trusted, { token: await sign(newKey('k1')), now })
    expect(decision).toBe('accepted')
    expect(rules.find(({ rule }) => rule === 'signature')?.outcome).toBe('warning')
  })

  it.each([
    ['JWKS_NO_KEY', { keys: [] }, 'certs.json has no public key for signatures among its 0.'],
    ['JWKS_NO_KEY', { keys: [{ ...key.jwk, use: 'enc' }] }, 'certs.json has no public key for signatures among its 1.'],
    ['JWKS_INVALID', {}, 'certs.json has no list "keys", as a JWK set must.'],
  ])('takes keys that are none for wrong use: %s', async (code, given, problem) => {
    const asked = explainToken(trusted, { token: 'opaque', jwks: given, jwksSource: 'certs.json', now })
    await expect(asked).rejects.toMatchObject({
      ...{ code, outcome: 'usage', problem },
      next: "Give the document behind the issuer's jwks_uri.",
    })
  })

  it.each([
    ['no token', async () => 'opaque', 'form'],
    ['another issuer', () => sign(key, keycloakClaims({ iss: 'https://kc.example.com/realms/other' })), 'issuer'],
  ])('ends early for %s', async (_, token, rule) => {
    const verdict = await explainToken(trusted, { token: await token(), jwks, now })
    expect([verdict.decision, verdict.rules.at(-1)?.rule]).toEqual(['refused', rule])
  })

  it('agrees with the verifier', async () => {
    const cases = [
      {},
      ...[{ aud: 'x' }, { exp: 1 }, { typ: 'ID' }, { azp: 'sts.amazonaws.com' }, { azp: 'mallory' }, { iss: 'x' }],
      ...[{ nbf: start }, { exp: 'x' }, { azp: undefined }],
    ]
    const { fetch } = new FakeIssuer(key)
    const verifier = createVerifier({ ...trusted, fetch, now: () => start })
    for (const claims of cases) {
      const token = await sign(key, keycloakClaims(claims))
      const { decision, refusal } = await explainToken(trusted, { token, jwks, now })
      if (decision === 'accepted') expect((await verifier.verify(token)).clientId).toBe('billing')
      else expect((await refusalOf(() => verifier.verify(token))).answer.status).toBe(refusal?.status)
    }
  })

  it.each<[string, unknown, unknown, string]>([
    ['options', { ...trusted, clients: 'billing-admin' }, {}, 'VERIFIER_OPTION'],
    ['a clock', { ...trusted, clockTolerance: 1e9 }, {}, 'VERIFIER_OPTION'],
    ['a question', trusted, { jwk: jwks }, 'VERIFIER_OPTION_UNKNOWN'],
    ['a moment', trusted, { now: start }, 'VERIFIER_OPTION'],
    ['requirements', trusted, { requirements: [requireScope] }, 'REQUIREMENT_INVALID'],
  ])('refuses %s that a verifier would not take', async (_, options, question, code) => {
    const asked = { token: await sign(key), now, ...Object(question) }
    const judged: unknown = Reflect.apply(explainToken, undefined, [options, asked])
    await expect(judged).rejects.toMatchObject({ code, outcome: 'usage' })
  })
})
