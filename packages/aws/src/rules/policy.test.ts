import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseTrustPolicy, policySize } from './parse-policy.ts'
import { MalformedPolicy } from './policy.ts'

const statement = {
  Effect: 'Allow',
  Principal: { Federated: 'arn:aws:iam::123456789012:oidc-provider/kc.example.com/realms/prod' },
  Action: 'sts:AssumeRoleWithWebIdentity',
}

function problemOf(document: unknown): string {
  try {
    parseTrustPolicy(typeof document === 'string' ? document : JSON.stringify(document))
  } catch (error) {
    if (error instanceof MalformedPolicy) return `${error.code}: ${error.problem}`
    throw error
  }
  return 'none'
}

const code = 'AWS_TRUST_POLICY_MALFORMED'

describe('a trust policy', () => {
  it('is compiled with its version, statements and conditions', () => {
    const condition = { 'ForAnyValue:StringLikeIfExists': { 'a:b': [true, 5, 'x'] } }
    const text = JSON.stringify({ Version: '2012-10-17', Id: 'x', Statement: [{ ...statement, Condition: condition }] })
    const policy = parseTrustPolicy(text)
    expect(policy.version).toBe('2012-10-17')
    expect(policy.statements[0]?.conditions).toEqual([
      {
        operator: {
          name: 'ForAnyValue:StringLikeIfExists',
          set: 'any',
          kind: 'pattern',
          negated: false,
          ifExists: true,
        },
        key: 'a:b',
        values: ['true', '5', 'x'],
      },
    ])
  })

  it('without a version is of the old one', () => {
    expect(parseTrustPolicy(JSON.stringify({ Statement: statement })).version).toBe('2008-10-17')
  })

  it.each([
    ['not JSON', '{', 'This policy contains invalid Json'],
    ['a list', [], 'Syntax errors in policy.'],
    ['an unknown element', { Statement: [statement], Extra: 1 }, 'Syntax errors in policy: Extra.'],
    ['no statement', { Version: '2012-10-17' }, 'Missing required field Statement'],
    ['an empty list of statements', { Statement: [] }, 'Missing required field Statement'],
    [
      'another version',
      { Version: '2020-01-01', Statement: [statement] },
      'The policy must contain a valid version string',
    ],
    ['Resource', { Statement: [{ ...statement, Resource: '*' }] }, 'Has prohibited field Resource'],
    ['an unknown element of a statement', { Statement: [{ ...statement, X: 1 }] }, 'Syntax errors in policy: X.'],
    ['an effect in small letters', { Statement: [{ ...statement, Effect: 'allow' }] }, 'Missing required field Effect'],
    ['no action', { Statement: [{ ...statement, Action: undefined }] }, 'Missing required field Action'],
    ['both action forms', { Statement: [{ ...statement, NotAction: 'sts:X' }] }, 'Missing required field Action'],
    [
      'an action of another service',
      { Statement: [{ ...statement, Action: 's3:GetObject' }] },
      'AssumeRole policy may only specify STS AssumeRole actions.',
    ],
    ['no principal', { Statement: [{ ...statement, Principal: undefined }] }, 'Missing required field Principal'],
    ['an empty principal', { Statement: [{ ...statement, Principal: {} }] }, 'Missing required field Principal'],
    [
      'a wildcard in the provider',
      { Statement: [{ ...statement, Principal: { Federated: 'arn:aws:iam::123456789012:oidc-provider/*' } }] },
      'Federated principals must be valid domain names or SAML metadata ARNs',
    ],
    [
      'a principal of no kind',
      { Statement: [{ ...statement, Principal: { Group: 'x' } }] },
      'Invalid principal in policy: "Group"',
    ],
    [
      'everyone',
      { Statement: [{ ...statement, Principal: '*' }] },
      'Invalid principal in policy: "*" cannot be used with sts:AssumeRoleWithWebIdentity',
    ],
    [
      'an unknown operator',
      { Statement: [{ ...statement, Condition: { StringMatches: { 'a:b': 'c' } } }] },
      'Invalid Condition type : StringMatches.',
    ],
    [
      'an operator with an inherited name',
      { Statement: [{ ...statement, Condition: { constructor: { 'a:b': 'c' } } }] },
      'Invalid Condition type : constructor.',
    ],
    [
      'a condition key without a prefix',
      { Statement: [{ ...statement, Condition: { StringEquals: { sub: 'c' } } }] },
      'Condition key sub is not valid.',
    ],
    [
      'an object as value',
      { Statement: [{ ...statement, Condition: { StringEquals: { 'a:b': {} } } }] },
      'Syntax errors in policy: a:b.',
    ],
    [
      'a sid twice',
      {
        Statement: [
          { ...statement, Sid: 'A' },
          { ...statement, Sid: 'A' },
        ],
      },
      'Statement IDs (SID) in a single policy must be unique.',
    ],
    ['a sid with a space', { Statement: [{ ...statement, Sid: 'A b' }] }, 'Statement IDs (SID) must be alpha-numeric.'],
  ])('with %s is malformed', (_, document, problem) => {
    expect(problemOf(document)).toBe(`${code}: ${problem}`)
  })

  it('counts against the quota without white space', () => {
    expect(policySize(' { "a" :\n\t1 } ')).toBe(7)
  })

  it('never crashes, whatever JSON it is', () => {
    const json = fc.oneof(
      fc.json(),
      fc.json().map((text) => `{"Statement":${text}}`),
    )
    fc.assert(fc.property(json, (text) => problemOf(text) === 'none' || problemOf(text).startsWith(code)))
  })
})
