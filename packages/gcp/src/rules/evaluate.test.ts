import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { accepted, issuer, questionOf } from './cases/acceptance-case.ts'
import { evaluate } from './evaluate.ts'
import { mappingLimits } from './mapping-problems.ts'
import { principalOf } from './principal.ts'

const decisions = ['accepted', 'refused', 'unknown']

function failed(question: Parameters<typeof questionOf>[0]): readonly string[] {
  return evaluate(questionOf(question)).rules.flatMap((rule) => (rule.outcome === 'failed' ? [rule.rule] : []))
}

describe('the size of google.subject', () => {
  it('is counted in bytes of UTF-8, and 127 is the most', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 140 }), (sub) => {
        const fits = new TextEncoder().encode(sub).length <= mappingLimits.subjectBytes
        return failed({ claims: { sub } }).includes('subject') === !fits
      }),
    )
  })
})

describe('the size of all attributes', () => {
  it('is counted in bytes, and 8192 is the most', () => {
    const attributeMapping = { 'google.subject': 'assertion.sub', 'attribute.text': 'assertion.text' }
    const room = mappingLimits.totalBytes - 'service-account-billing'.length
    fc.assert(
      fc.property(fc.integer({ min: room - 3, max: room + 3 }), (length) => {
        const names = failed({ provider: { attributeMapping }, claims: { text: 'x'.repeat(length) } })
        return names.includes('attribute-sizes') === length > room
      }),
    )
  })
})

describe('the type of what is mapped', () => {
  const notText = fc.oneof(
    fc.double({ noNaN: true }),
    fc.boolean(),
    fc.array(fc.string()),
    fc.dictionary(fc.string(), fc.string()),
  )

  it('is a text, or Google refuses', () => {
    fc.assert(fc.property(notText, (sub) => failed({ claims: { sub } }).includes('subject')))
  })

  it('is a text for every other attribute, too, and a list for the groups', () => {
    const mapping = (key: string) => ({
      attributeMapping: { 'google.subject': 'assertion.sub', [key]: 'assertion.value' },
    })
    fc.assert(
      fc.property(notText, (value) => {
        const attribute = failed({ provider: mapping('attribute.value'), claims: { value } })
        const groups = failed({ provider: mapping('google.groups'), claims: { value } })
        return attribute.includes('attributes') && groups.includes('attributes') === !Array.isArray(value)
      }),
    )
  })
})

describe('any token', () => {
  it('is decided without a crash, whatever its claims and header are', () => {
    const names = fc.constantFrom('iss', 'sub', 'aud', 'iat', 'exp', 'nbf', 'groups')
    const jwksJson = fc.option(fc.oneof(fc.json(), fc.constant('{"keys":[{"kty":"RSA","kid":"k1"}]}')), {
      nil: undefined,
    })
    fc.assert(
      fc.property(
        fc.dictionary(names, fc.jsonValue()),
        fc.dictionary(fc.constantFrom('alg', 'kid', 'typ'), fc.jsonValue()),
        jwksJson,
        (claims, header, publishedKeys) =>
          decisions.includes(
            evaluate(questionOf({ claims, header, ...(publishedKeys === undefined ? {} : { publishedKeys }) }))
              .decision,
          ),
      ),
    )
  })

  it('with a condition on its subject is refused if the subject differs in one letter', () => {
    const provider = { attributeCondition: "assertion.sub == 'service-account-billing'" }
    fc.assert(
      fc.property(fc.nat(22), fc.string({ maxLength: 2 }), (at, put) => {
        const usual = 'service-account-billing'
        const sub = usual.slice(0, at) + put + usual.slice(at + 1)
        const { decision } = evaluate(questionOf({ provider, claims: { sub } }))
        return decision === (sub === usual ? accepted.decision : 'refused')
      }),
    )
  })
})

describe('any provider', () => {
  it('is decided without a crash', () => {
    const expression = fc.oneof(
      fc.string(),
      fc.constantFrom('assertion.sub', 'assertion.x', 'has(assertion.x)', 'google.subject', 'true'),
    )
    const mapping = fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom('google.subject', 'google.groups', 'attribute.a')),
      expression,
    )
    fc.assert(
      fc.property(
        mapping,
        expression,
        fc.array(fc.string()),
        (attributeMapping, attributeCondition, allowedAudiences) =>
          decisions.includes(
            evaluate(questionOf({ provider: { attributeMapping, attributeCondition, allowedAudiences } })).decision,
          ),
      ),
    )
  })
})

describe('what evaluate explains', () => {
  it('names the two values that differ and the next step', () => {
    const verdict = evaluate(
      questionOf({ provider: { attributeCondition: "assertion.sub == 'service-account-reports'" } }),
    )
    expect(verdict.rules.find((rule) => rule.outcome === 'failed')).toEqual({
      rule: 'condition',
      outcome: 'failed',
      detail: 'The condition does not hold.',
      expected: "assertion.sub == 'service-account-reports'",
      actual: 'assertion.sub = "service-account-billing"',
      next: 'Check which service got this token, and what the condition asks for.',
    })
    expect(verdict.refusal).toEqual({
      code: 'unauthorized_client',
      message: 'The given credential is rejected by the attribute condition.',
      status: 400,
    })
  })

  it('compares nothing where it only warns: an issuer on loopback', () => {
    const loopback = 'http://127.0.0.1:8180/realms/acme'
    const verdict = evaluate(questionOf({ provider: { issuerUri: loopback }, claims: { iss: loopback } }))
    expect(verdict.rules.find(({ rule }) => rule === 'issuer')).toEqual({
      rule: 'issuer',
      outcome: 'warning',
      detail: 'An issuer on loopback is accepted by the sandbox only: Google cannot.',
    })
  })

  it('shows all that differs at once, and refuses with the first', () => {
    const claims = { iss: 'https://other.example.com', aud: 'other', exp: 5 }
    expect(new Set(failed({ claims }))).toEqual(new Set(['issuer', 'audience', 'expiry']))
    expect(evaluate(questionOf({ claims })).refusal?.message).toContain(issuer)
  })

  it('gives the condition’s answer where the subject is missing, too, as Google does', () => {
    const verdict = evaluate(
      questionOf({ provider: { attributeCondition: "assertion.sub == 'x'" }, claims: { sub: undefined } }),
    )
    expect(verdict.refusal?.message).toContain('attribute condition')
  })
})

describe('the principal of a token', () => {
  it('has what was mapped', () => {
    const attributeMapping = {
      'google.subject': 'assertion.sub',
      'google.groups': 'assertion.groups',
      'attribute.team': 'assertion.team',
    }
    expect(
      principalOf(questionOf({ provider: { attributeMapping }, claims: { groups: ['a'], team: 'core' } })),
    ).toEqual({
      project: '123456789012',
      pool: 'keycloak',
      subject: 'service-account-billing',
      groups: ['a'],
      attributes: new Map([['team', 'core']]),
    })
  })

  it('is none without a subject or a provider', () => {
    expect(principalOf(questionOf({ claims: { sub: undefined } }))).toBeUndefined()
    expect(principalOf(questionOf({ provider: null }))).toBeUndefined()
  })
})
