import { describe, expect, expectTypeOf, it } from 'vitest'
import { audience, FakeIssuer, issuerUrl, keycloakClaims, newKey, refusalOf, sign, start } from './issuer.test-kit.ts'
import type { Profile } from './options.ts'
import { authorise, isText, requireClaim, requireClient, requireRole, requireScope } from './requirements.ts'
import { createVerifier } from './verifier.ts'

const key = newKey('k1')

async function verified(claims: Readonly<Record<string, unknown>>, profile: Profile = 'keycloak') {
  const { fetch } = new FakeIssuer(key)
  const verifier = createVerifier({ issuer: issuerUrl, audience, profile, fetch, now: () => start })
  const typ = profile === 'rfc9068' ? 'at+jwt' : 'JWT'
  return verifier.verify(await sign(key, keycloakClaims({ client_id: 'billing', ...claims }), { typ }))
}

describe('requirements', () => {
  const claims = {
    ...{ scope: 'read write', environment: 'production', limit: 3, tenant_id: 'tenant-123', open: null },
    ...{ realm_access: { roles: ['admin'] }, roles: ['auditor'] },
  }

  it.each([
    [
      'a scope',
      requireScope('read'),
      requireScope('read', 'delete'),
      'SCOPE_MISSING',
      'Expected: read, delete; actual: read, write.',
    ],
    [
      'a role of the realm',
      requireRole('admin'),
      requireRole('owner'),
      'ROLE_MISSING',
      'a role of the realm. Expected: owner; actual: admin.',
    ],
    [
      'a role of a client',
      requireRole('reader', { client: audience }),
      requireRole('admin', { client: audience }),
      'ROLE_MISSING',
      'Expected: admin; actual: reader.',
    ],
    [
      'a client',
      requireClient('billing', 'x'),
      requireClient('x'),
      'CLIENT_NOT_LISTED',
      'Expected: x; actual: billing.',
    ],
    [
      'a value',
      requireClaim('environment', 'production'),
      requireClaim('environment', 'test'),
      'CLAIM_REFUSED',
      'Expected: test; actual: production.',
    ],
    ['a number', requireClaim('limit', 3), requireClaim('limit', 4), 'CLAIM_REFUSED', 'Expected: 4; actual: 3.'],
    ['null', requireClaim('open', null), requireClaim('limit', null), 'CLAIM_REFUSED', 'Expected: null; actual: 3.'],
    [
      'a predicate',
      requireClaim('tenant_id', isText),
      requireClaim('limit', isText),
      'CLAIM_REFUSED',
      'Expected: what its predicate accepts; actual: 3.',
    ],
    [
      'no claim of Object',
      requireClaim('toString', (value) => value === undefined),
      requireClaim('toString', isText),
      'CLAIM_REFUSED',
      'actual: nothing.',
    ],
  ])('hold of %s or not', async (_, met, unmet, code, problem) => {
    const token = await verified(claims)
    expect(authorise(token, met)).toBe(token)
    const refusal = await refusalOf(() => authorise(token, met, unmet))
    expect([refusal.code, refusal.answer.status, refusal.answer.error]).toEqual([code, 403, 'insufficient_scope'])
    expect(refusal.problem).toContain(problem)
  })

  it('names the scope that would be enough, and nothing of other reasons', async () => {
    const token = await verified(claims)
    expect((await refusalOf(() => authorise(token, requireScope('a', 'b')))).answer.scope).toBe('a b')
    expect((await refusalOf(() => authorise(token, requireRole('owner')))).answer.scope).toBeUndefined()
  })

  it('finds the roles of RFC 9068 in that profile only', async () => {
    const { code } = await refusalOf(async () => authorise(await verified(claims), requireRole('auditor')))
    expect(code).toBe('ROLE_MISSING')
    const token = await verified({ ...claims, typ: undefined }, 'rfc9068')
    expect(authorise(token, requireRole('auditor'))).toBe(token)
  })

  it('are not misled by claims of another shape', async () => {
    const odd = await verified({
      scope: ['read'],
      realm_access: ['admin'],
      resource_access: { [audience]: { roles: 'reader' } },
    })
    for (const requirement of [
      requireScope('read'),
      requireRole('admin'),
      requireRole('reader', { client: audience }),
    ]) {
      expect((await refusalOf(() => authorise(odd, requirement))).answer.status).toBe(403)
    }
  })

  it('tell handlers the types of the claims', async () => {
    const token = await verified(claims)
    const isLimit = (value: unknown): value is 1 | 2 | 3 => value === 1 || value === 2 || value === 3
    const allowed = authorise(
      token,
      requireScope('read'),
      requireClaim('tenant_id', isText),
      requireClaim('environment', 'production'),
      requireClaim('limit', isLimit),
    )
    expectTypeOf(allowed.claims.tenant_id).toEqualTypeOf<string>()
    expectTypeOf(allowed.claims.environment).toEqualTypeOf<'production'>()
    expectTypeOf(allowed.claims.limit).toEqualTypeOf<1 | 2 | 3>()
    expectTypeOf(token.claims['tenant_id']).toEqualTypeOf<unknown>()
    expect(allowed.claims.tenant_id).toBe('tenant-123')
  })
})
