import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { provider, questionOf, roleArn, url } from './cases/acceptance-case.ts'
import { evaluate } from './evaluate.ts'

const allow = { Effect: 'Allow', Principal: { Federated: provider.arn }, Action: 'sts:AssumeRoleWithWebIdentity' }
const subject = 'service-account-billing'

const operator = fc.constantFrom(
  ...['StringEquals', 'StringLike', 'StringNotEquals', 'ForAnyValue:StringLike', 'ForAllValues:StringEquals'],
  ...['Null', 'Bool', 'NumericLessThan', 'DateGreaterThan', 'ArnLike', 'IpAddress', 'StringEqualsIfExists'],
)
const key = fc.constantFrom(`${url}:sub`, `${url}:aud`, `${url}:amr`, 'aws:userid', 'aws:EpochTime', 'aws:SourceIp')
const value = fc.oneof(fc.string(), fc.constantFrom(subject, 'service-*', '*', 'true', '5', `\${aws:userid}`))
const condition = fc.dictionary(operator, fc.dictionary(key, fc.array(value, { maxLength: 3 }), { maxKeys: 2 }), {
  maxKeys: 2,
})
const principal = fc.constantFrom(
  { Federated: provider.arn },
  { Federated: 'arn:aws:iam::123456789012:oidc-provider/x.example.com' },
  { AWS: '*' },
)
const action = fc.constantFrom('sts:AssumeRoleWithWebIdentity', 'sts:AssumeRole', 'sts:*', 'sts:TagSession')
const statement = fc.record({
  Effect: fc.constantFrom('Allow', 'Deny'),
  Principal: principal,
  Action: action,
  Condition: condition,
})

function decisionOf(statements: readonly unknown[]): string {
  return evaluate(questionOf({ policy: { Version: '2012-10-17', Statement: statements } })).decision
}

describe('any trust policy', () => {
  it('is decided without a crash', () => {
    fc.assert(
      fc.property(fc.array(statement, { minLength: 1, maxLength: 3 }), (statements) =>
        ['accepted', 'refused', 'unknown'].includes(decisionOf(statements)),
      ),
    )
  })

  it('grants nothing more when a Deny is added', () => {
    fc.assert(
      fc.property(fc.array(statement, { minLength: 1, maxLength: 3 }), statement, (statements, added) => {
        const before = decisionOf(statements)
        const after = decisionOf([...statements, { ...added, Effect: 'Deny' }])
        return before === 'accepted' || after !== 'accepted'
      }),
    )
  })

  it('refuses everyone when it denies its own provider without a condition', () => {
    fc.assert(
      fc.property(
        fc.array(statement, { maxLength: 3 }),
        (statements) => decisionOf([...statements, { ...allow, Effect: 'Deny' }]) === 'refused',
      ),
    )
  })

  it('with StringEquals refuses every subject that differs in one letter', () => {
    const Condition = { StringEquals: { [`${url}:sub`]: subject } }
    const position = fc.nat(subject.length - 1)
    fc.assert(
      fc.property(position, fc.string({ minLength: 0, maxLength: 2 }), (at, put) => {
        const sub = subject.slice(0, at) + put + subject.slice(at + 1)
        const verdict = evaluate(questionOf({ claims: { sub }, statement: { Condition } }))
        return verdict.decision === (sub === subject ? 'accepted' : 'refused')
      }),
    )
  })
})

describe('any token', () => {
  it('is decided without a crash, whatever its claims and header are', () => {
    const names = fc.constantFrom('iss', 'sub', 'aud', 'azp', 'iat', 'exp', 'nbf', 'amr', 'https://aws.amazon.com/tags')
    fc.assert(
      fc.property(fc.dictionary(names, fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()), (claims, header) =>
        ['accepted', 'refused', 'unknown'].includes(evaluate(questionOf({ claims, header })).decision),
      ),
    )
  })
})

describe('what evaluate explains', () => {
  it('names the two values that differ and the next step', () => {
    const verdict = evaluate(questionOf({ claims: { sub: 'service-account-reports' } }))
    const failure = verdict.rules.find((rule) => rule.outcome === 'failed' && rule.actual !== undefined)
    expect(failure).toEqual({
      rule: 'trust-policy',
      outcome: 'failed',
      detail: `StringEquals on ${url}:sub does not hold.`,
      expected: subject,
      actual: 'service-account-reports',
      next: 'Check which service got this token, and which subject the role trusts.',
    })
    expect(verdict.refusal).toEqual({
      code: 'AccessDenied',
      message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity',
      status: 403,
    })
  })

  it('shows all that differs at once, and refuses with the first', () => {
    const verdict = evaluate(questionOf({ claims: { azp: 'other', sub: 'x', exp: 5 }, role: null }))
    const failed = new Set(verdict.rules.filter((rule) => rule.outcome === 'failed').map((rule) => rule.rule))
    expect([...failed]).toEqual(['expiry', 'client-id', 'role'])
    expect(verdict.refusal?.code).toBe('ExpiredTokenException')
    expect(verdict.rules.find((rule) => rule.rule === 'trust-policy')?.outcome).toBe('not reached')
  })

  it.each([
    ['/', 'slash at the end'],
    ['', 'upper and lower case'],
  ])('hints at a provider that is nearly right (%s)', (suffix, hint) => {
    const other = suffix === '' ? url.toUpperCase() : `${url}${suffix}`
    const verdict = evaluate(questionOf({ providers: [{ ...provider, url: other }] }))
    const failure = verdict.rules.find((rule) => rule.rule === 'provider')
    expect(failure).toMatchObject({ outcome: 'failed', expected: other, actual: `https://${url}` })
    expect(failure?.next).toContain(hint)
  })

  it('says what a Deny holds against the call', () => {
    const deny = { ...allow, Effect: 'Deny', Condition: { StringEquals: { [`${url}:sub`]: subject } } }
    const verdict = evaluate(questionOf({ policy: { Version: '2012-10-17', Statement: [allow, deny] } }))
    expect(verdict.rules.filter((rule) => rule.outcome === 'failed').map((rule) => rule.detail)).toEqual([
      'A Deny statement of the trust policy applies.',
      `StringEquals on ${url}:sub holds.`,
    ])
  })

  it('says that a wildcard needs StringLike', () => {
    const verdict = evaluate(
      questionOf({ statement: { Condition: { StringEquals: { [`${url}:sub`]: 'service-*' } } } }),
    )
    const next = verdict.rules.flatMap((rule) => rule.next ?? [])
    expect(next).toEqual(['StringEquals does not read * and ?: use StringLike, or better the exact value.'])
  })

  it('keeps a role ARN of another path apart', () => {
    const verdict = evaluate(questionOf({ roleArn: roleArn.replace('role/', 'role/team/') }))
    expect(verdict.rules.find((rule) => rule.outcome === 'failed')?.rule).toBe('role')
  })
})

describe('a condition', () => {
  it('never grants because its key was renamed to one that no call has', () => {
    const positive = fc.constantFrom('StringEquals', 'StringLike', 'ForAnyValue:StringLike', 'NumericLessThan', 'Bool')
    const block = fc.dictionary(positive, fc.dictionary(key, fc.array(value, { maxLength: 3 }), { maxKeys: 2 }))
    fc.assert(
      fc.property(block, (Condition) => {
        const renamed = Object.entries(Condition).map(([name, keys]) => [
          name,
          Object.fromEntries(Object.entries(keys).map(([one, values]) => [`${one}x`, values])),
        ])
        const before = decisionOf([{ ...allow, Condition }])
        const after = decisionOf([{ ...allow, Condition: Object.fromEntries(renamed) }])
        return before === 'accepted' || before === 'unknown' || after !== 'accepted'
      }),
    )
  })
})
