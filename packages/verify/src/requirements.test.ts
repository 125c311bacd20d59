import { thrownBy } from '@federate/core/test-kit'
import fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { authorise } from './authorise.ts'
import { audience, FakeIssuer, issuerUrl, keycloakClaims, newKey, refusalOf, sign, start } from './issuer.test-kit.ts'
import type { Profile } from './options.ts'
import { isText, requireClaim, requireClient, requireRole, requireScope } from './requirements.ts'
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

describe('a requirement that says nothing, or nothing that can be asked, is refused when it is made', () => {
  it.each<[string, unknown, readonly unknown[], string, string]>([
    [
      'no scope',
      requireScope,
      [],
      'requireScope(…) was given nothing, expected at least one text.',
      'is not asked for',
    ],
    ['a list', requireScope, [['nope']], 'requireScope(…) was given a list, expected texts one by one.', 'Spread it'],
    [
      'two in one',
      requireScope,
      ['read write'],
      'was given "read write", expected scopes without spaces',
      'one by one',
    ],
    ['an empty one', requireScope, [''], 'was given "", expected a text that is not empty.', 'is not asked for'],
    ['a number', requireScope, ['read', 5], 'was given 5 (a number), expected a text', 'is not asked for'],
    [
      'no client',
      requireClient,
      [],
      'requireClient(…) was given nothing, expected at least one text.',
      'not asked for',
    ],
    ['a list of clients', requireClient, [['other']], 'was given a list, expected texts one by one.', 'Spread it'],
    ['no role', requireRole, [], 'requireRole(role) was given nothing, expected a text', 'is not asked for'],
    ['a list of roles', requireRole, [['reader']], 'requireRole(role) was given a list, expected a text', 'not asked'],
    [
      'a client as text',
      requireRole,
      ['reader', 'api://orders'],
      'expected an object with client.',
      'is not asked for',
    ],
    [
      'a misspelt client',
      requireRole,
      ['reader', { clent: 'x' }],
      'the unknown option "clent".',
      'Did you mean "client"?',
    ],
    [
      'no client in it',
      requireRole,
      ['reader', { client: '' }],
      'requireRole(role, { client }) was given ""',
      'not asked',
    ],
    ['two roles', requireRole, ['reader', {}, 'writer'], 'more than two arguments', 'Require each role by itself'],
    ['no name', requireClaim, [], 'requireClaim(name, value) was given nothing, expected a text', 'is not asked for'],
    [
      'no value',
      requireClaim,
      ['nope'],
      'requireClaim("nope", value) was given nothing, expected a text,',
      'not asked',
    ],
    [
      'undefined',
      requireClaim,
      ['nope', undefined],
      'requireClaim("nope", value) was given nothing',
      'is not asked for',
    ],
    ['a list of values', requireClaim, ['a', ['x', 'y']], 'was given a list, expected a text, a number', 'not asked'],
    ['a pattern', requireClaim, ['a', /x/], 'was given an object, expected a text, a number', 'is not asked for'],
    ['NaN', requireClaim, ['a', Number.NaN], 'was given NaN (a number), expected', 'is not asked for'],
    ['a promise later', requireClaim, ['a', async () => false], 'was given an async function', 'without async'],
  ])('%s', (_, called, given, problem, next) => {
    const error = thrownBy(called, given)
    expect([error.code, error.outcome]).toEqual(['REQUIREMENT_INVALID', 'usage'])
    expect(error.problem).toContain(problem)
    expect(error.next).toContain(next)
  })

  it.each<[string, unknown, readonly unknown[]]>([
    ['SCOPE_MISSING', requireScope, []],
    ['ROLE_MISSING', requireRole, []],
    ['CLIENT_NOT_LISTED', requireClient, []],
    ['CLAIM_REFUSED', requireClaim, ['nope']],
  ])('and whatever else it is made of lets nobody in who has none of it: %s', async (code, make, first) => {
    const token = await verified({ scope: '', resource_access: {}, azp: 'nobody' })
    const junk = fc.array(fc.oneof(fc.anything(), fc.string()), { maxLength: 3 })
    const codes = ['REQUIREMENT_INVALID', code]
    fc.assert(
      fc.property(junk, (given) => {
        const made = () => Reflect.apply(Object(make), undefined, [...first, ...given])
        expect(codes).toContain(thrownBy(() => Reflect.apply(authorise, undefined, [token, made()]), []).code)
      }),
    )
  })
})

describe('a predicate that does not say true or false', () => {
  it.each<[unknown, string]>([
    [() => Promise.resolve(true), 'a promise'],
    [() => Promise.reject(new Error('later')), 'a promise'],
    [() => 'yes', 'something else (not shown)'],
    [() => 1, '1 (a number)'],
    [() => undefined, 'missing'],
    [function* () {}, 'an object'],
  ])('lets nobody in: %s', async (predicate, found) => {
    const requirement = Reflect.apply(requireClaim, undefined, ['environment', predicate])
    const token = await verified({ environment: 'production' })
    const refusal = await refusalOf(() => authorise(token, requirement))
    expect([refusal.code, refusal.answer.status]).toEqual(['CLAIM_UNDECIDED', 403])
    expect(refusal.problem).toContain(`answered with ${found}, where true or false was expected.`)
  })
})

describe('authorise', () => {
  it.each<[string, readonly unknown[], string]>([
    ['a promise of a token', [Promise.resolve()], 'TOKEN_NOT_VERIFIED'],
    ['no token', [undefined], 'TOKEN_NOT_VERIFIED'],
    ['the text of a token', ['e30.e30.AA'], 'TOKEN_NOT_VERIFIED'],
    ['a requirement that was not made', [{ claims: {} }, requireScope], 'REQUIREMENT_INVALID'],
    ['no requirement', [{ claims: {} }, undefined], 'REQUIREMENT_INVALID'],
  ])('refuses %s', (_, given, code) => {
    expect(thrownBy(authorise, given).code).toBe(code)
  })

  it('lets nobody in by a requirement of one’s own that answers later, or does not say why not', async () => {
    const token = await verified({})
    const own = (holds: unknown, refusal: unknown) => ({ name: 'own', holds: () => holds, refusal: () => refusal })
    for (const holds of [Promise.resolve(true), 'yes', 1]) {
      const error = thrownBy(authorise, [token, own(holds, undefined)])
      expect([error.code, error.problem]).toEqual([
        'REQUIREMENT_INVALID',
        'The requirement own does not hold, and its refusal() gave no Refusal.',
      ])
    }
  })
})
