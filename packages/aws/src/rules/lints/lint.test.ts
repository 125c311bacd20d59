import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { provider, questionOf, roleArn, url } from '../cases/acceptance-case.ts'
import { lint } from './lint.ts'

const sound = { [`${url}:aud`]: 'sts.amazonaws.com', [`${url}:sub`]: 'service-account-billing' }

function lintsOf(statement: Record<string, unknown>, rest: Parameters<typeof questionOf>[0] = {}): string[] {
  return lint(questionOf({ statement, ...rest })).map(({ rule }) => rule)
}

function conditions(Condition: unknown): string[] {
  return lintsOf({ Condition })
}

describe('the lints', () => {
  it('find nothing in a policy that pins audience and subject', () => {
    expect(conditions({ StringEquals: sound })).toEqual([])
  })

  it.each([
    ['no subject', { StringEquals: { [`${url}:aud`]: 'sts.amazonaws.com' } }, ['lint-no-subject']],
    ['a subject that is only excluded', { StringNotEquals: { [`${url}:sub`]: 'x' } }, ['lint-no-subject']],
    ['a subject that only must exist', { Null: { [`${url}:sub`]: 'false' } }, ['lint-no-subject']],
    ['any subject', { StringLike: { [`${url}:sub`]: '*' } }, ['lint-wildcard-subject']],
    ['a subject with a pattern', { StringLike: { [`${url}:sub`]: ['a', 'svc-*'] } }, ['lint-wildcard-subject']],
    ['an exact subject by StringLike', { StringLike: { [`${url}:sub`]: 'service-account-billing' } }, []],
    ['StringEquals with a star', { StringEquals: { [`${url}:sub`]: 'service-*' } }, ['lint-literal-wildcard']],
    ['StringEquals with a star that is meant', { StringEquals: { [`${url}:sub`]: `a\${*}` } }, []],
    [
      'ForAllValues on a claim that may be absent',
      { StringEquals: sound, 'ForAllValues:StringEquals': { [`${url}:amr`]: 'otp' } },
      ['lint-for-all-values'],
    ],
    [
      'ForAllValues beside a Null',
      {
        StringEquals: sound,
        'ForAllValues:StringEquals': { [`${url}:amr`]: 'otp' },
        Null: { [`${url}:amr`]: 'false' },
      },
      [],
    ],
    ['a claim that is no key', { StringEquals: { ...sound, [`${url}:groups`]: 'x' } }, ['lint-unknown-key']],
    ['a key with https://', { StringEquals: { ...sound, [`https://${url}:sub`]: 'x' } }, ['lint-key-prefix']],
    ['a key with a slash more', { StringEquals: { ...sound, [`${url}/:sub`]: 'x' } }, ['lint-key-prefix']],
    ['a key of another realm', { StringEquals: { ...sound, 'kc.example.com/realms/x:sub': 'x' } }, ['lint-key-prefix']],
    ['global keys', { StringEquals: { ...sound, 'aws:RequestTag/Team': 'x', 'sts:RoleSessionName': 'y' } }, []],
  ])('see %s', (_, Condition, expected) => {
    expect(conditions(Condition)).toEqual(expected)
  })

  it.each([
    ['another account', provider.arn.replace('123456789012', '210987654321'), '210987654321'],
    ['another partition', provider.arn.replace('arn:aws:', 'arn:aws-cn:'), 'aws-cn'],
    ['a slash more', `${provider.arn}/`, `${provider.arn}/`],
    ['other letters', provider.arn.replace('kc.', 'KC.'), provider.arn.replace('kc.', 'KC.')],
  ])('see a Federated ARN of %s', (_, Federated, actual) => {
    const found = lint(questionOf({ statement: { Principal: { Federated } } }))
    expect(found.find(({ rule }) => rule === 'lint-federated-arn')).toMatchObject({ outcome: 'warning', actual })
  })

  it.each([
    ['10.0.0.5/realms/x', 'lint-issuer-private'],
    ['keycloak.internal/realms/x', 'lint-issuer-private'],
    ['kc.example.com:8443/realms/x', 'lint-issuer-url'],
    ['kc.example.com/realms/x?a=b', 'lint-issuer-url'],
  ])('see an issuer at %s', (place, rule) => {
    const arn = `arn:aws:iam::123456789012:oidc-provider/${place}`
    const found = lint(
      questionOf({ claims: { iss: `https://${place}` }, providers: [{ ...provider, arn, url: place }] }),
    )
    expect(found.map((one) => one.rule)).toContain(rule)
  })

  it('leave statements for others alone, and policies that cannot be read', () => {
    expect(lintsOf({ Principal: { AWS: 'arn:aws:iam::123456789012:root' }, Action: 'sts:AssumeRole' })).toEqual([])
    expect(lintsOf({ Effect: 'Deny', Condition: {} })).toEqual([])
    expect(lintsOf({ Resource: '*' })).toEqual([])
    expect(lint(questionOf({ role: { arn: roleArn, trustPolicy: '{', maxSessionDuration: 3600 } }))).toEqual([])
  })

  it('are given for any JSON without a crash', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (Statement) => {
        const policy = { Version: '2012-10-17', Statement }
        return Array.isArray(lint(questionOf({ policy })))
      }),
    )
  })
})
