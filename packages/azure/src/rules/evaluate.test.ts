import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { audience, credential, issuer, questionOf, subject } from './cases/acceptance-case.ts'
import { difference } from './difference.ts'
import { evaluate } from './evaluate.ts'
import { lint } from './lint.ts'

const values = { iss: issuer, sub: subject, aud: audience }
const ruleOf = { iss: 'issuer', sub: 'subject', aud: 'audience' } as const
const codes = { iss: ['AADSTS700211'], sub: ['AADSTS700213', 'AADSTS7002138'], aud: ['AADSTS700212'] }
const claim = fc.constantFrom('iss', 'sub', 'aud')
/** Any character but those that change the answer to that of another rule. */
const character = fc.string({ minLength: 1, maxLength: 1, unit: 'grapheme' }).filter((one) => one.trim() !== '')

/** One character replaced, put in or taken away. */
const change = fc.tuple(claim, fc.nat(1000), character, fc.constantFrom('replace', 'insert', 'delete'))

function changed(text: string, position: number, put: string, how: string): string {
  const characters = Array.from(text)
  const at = position % characters.length
  characters.splice(at, how === 'insert' ? 0 : 1, ...(how === 'delete' ? [] : [put]))
  return characters.join('')
}

/** Counted from 1, independently of the code under test. */
function firstDifference(one: string, other: string): number {
  const [a, b] = [Array.from(one), Array.from(other)]
  let index = 0
  while (index < a.length && a[index] === b[index]) index += 1
  return index + 1
}

describe('any single-character change', () => {
  it('of the token’s issuer, subject or audience is refused, and shown at its place', () => {
    fc.assert(
      fc.property(change, ([name, position, put, how]) => {
        const actual = changed(values[name], position, put, how)
        fc.pre(actual !== values[name])
        const verdict = evaluate(questionOf({ claims: { [name]: actual } }))
        const failure = verdict.rules.find((rule) => rule.outcome === 'failed')
        expect(failure).toMatchObject({ rule: ruleOf[name], expected: values[name], actual })
        expect(codes[name]).toContain(verdict.refusal?.code)
        expect(failure?.detail).toContain(`at character ${firstDifference(values[name], actual)}:`)
      }),
    )
  })

  it('of the credential’s issuer, subject or audience is refused, and shown at its place', () => {
    fc.assert(
      fc.property(change, ([name, position, put, how]) => {
        const expected = changed(values[name], position, put, how)
        fc.pre(expected !== values[name])
        const one = { iss: { issuer: expected }, sub: { subject: expected }, aud: { audiences: [expected] } }[name]
        const verdict = evaluate(questionOf({ credential: one }))
        const failure = verdict.rules.find((rule) => rule.outcome === 'failed')
        expect(failure).toMatchObject({ rule: ruleOf[name], expected, actual: values[name] })
        expect(failure?.detail).toContain(`at character ${firstDifference(expected, values[name])}:`)
      }),
    )
  })
})

describe('any token', () => {
  it('is decided without a crash, whatever its claims and header are', () => {
    const names = fc.constantFrom('iss', 'sub', 'aud', 'iat', 'exp', 'nbf', 'typ')
    fc.assert(
      fc.property(fc.dictionary(names, fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()), (claims, header) =>
        ['accepted', 'refused', 'unknown'].includes(evaluate(questionOf({ claims, header })).decision),
      ),
    )
  })
})

describe('difference', () => {
  it('is there exactly when the two are not equal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (one, other) => {
        expect(difference(one, other) === undefined).toBe(one === other)
        expect(difference(one, one)).toBeUndefined()
      }),
    )
  })

  it.each([
    ['abc', 'abc ', 'whitespace', 4],
    ['a b', 'ab', 'whitespace', 2],
    ['https://x/', 'https://x', 'slash', 10],
    ['aBc', 'abc', 'case', 2],
    ['a%2Fb', 'a/b', 'encoding', 2],
    ['a%', 'a', 'text', 2],
    ['ﬁle', 'file', 'look-alike', 1],
    ['a\u200bb', 'ab', 'look-alike', 2],
    ['abc', 'abd', 'text', 3],
  ])('of %j and %j is one of %s, at character %i', (expected, actual, kind, at) => {
    expect(difference(expected, actual)).toMatchObject({ kind, at })
  })
})

describe('what evaluate explains', () => {
  it('shows all that differs at once, and refuses with the first', () => {
    const verdict = evaluate(questionOf({ header: { alg: 'ES256', typ: 'at+jwt' }, claims: { sub: 'x', exp: 5 } }))
    const failed = verdict.rules.filter((rule) => rule.outcome === 'failed').map((rule) => rule.rule)
    expect(failed).toEqual(['algorithm', 'token-type', 'subject', 'expiry'])
    expect(verdict.refusal?.code).toBe('AADSTS5002738')
    expect(verdict.rules.find((rule) => rule.rule === 'audience')?.outcome).toBe('not reached')
  })

  it('says what Entra fetches', () => {
    const verdict = evaluate(questionOf({}))
    expect(verdict.rules.find((rule) => rule.rule === 'issuer-metadata')?.detail).toBe(
      'Entra fetches https://kc.example.com/realms/Prod/.well-known/openid-configuration and the keys that it names.',
    )
  })
})

describe('lint', () => {
  const named = (one: Parameters<typeof questionOf>[0]) => lint(questionOf(one)).map(({ rule }) => rule)

  it('has nothing to say of a good credential', () => {
    expect(named({})).toEqual([])
  })

  it('sees a full parent, patterns, private issuers and what cannot be stored', () => {
    const full = Array.from({ length: 20 }, (_, index) => ({ ...credential, name: `c-${index}`, subject: `${index}` }))
    expect(named({ credentials: full })).toEqual(['lint-credential-limit'])
    expect(named({ credential: { subject: 'team-*' } })).toEqual(['lint-subject-wildcard'])
    expect(named({ credential: { issuer: 'https://keycloak.internal/realms/a' } })).toEqual(['lint-issuer-private'])
    expect(named({ credential: { audiences: ['a', 'b'] } })).toEqual(['lint-credential-audiences'])
  })
})
