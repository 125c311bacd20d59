import { describe, expect, it } from 'vitest'
import { impersonation, member, questionOf } from '../cases/acceptance-case.ts'
import { lint } from './lint.ts'

const pinned = "assertion.sub == 'service-account-billing'"

function lintsOf(provider: Parameters<typeof questionOf>[0]['provider'], rest: Parameters<typeof questionOf>[0] = {}) {
  return lint(questionOf({ ...rest, provider: { attributeCondition: pinned, ...provider } })).map(({ rule }) => rule)
}

const subject = (expression: string) => ({ attributeMapping: { 'google.subject': expression } })
const condition = (attributeCondition: string | undefined) => ({ attributeCondition })

describe('the lints', () => {
  it('find nothing where the subject is pinned and bound', () => {
    expect(lintsOf({}, { access: impersonation([member('subject/service-account-billing')]) })).toEqual([])
  })

  it.each([
    ['no condition', condition(undefined), ['lint-no-condition']],
    ['an empty condition', condition(''), ['lint-no-condition']],
    ['a condition on nothing', condition('true'), ['lint-constant-condition']],
    ['a pattern that is open', condition("assertion.sub.matches('service-account-')"), ['lint-open-pattern']],
    [
      'a pattern that is open at its end',
      condition("assertion.sub.matches(r'^service-account-')"),
      ['lint-open-pattern'],
    ],
    ['a pattern that is closed', condition("assertion.sub.matches('^service-account-[a-z]+$')"), []],
    ['a name that others can take', condition("assertion.repository_owner == 'acme'"), ['lint-reusable-name']],
    [
      'a name beside its id',
      condition("assertion.repository_owner == 'acme' && assertion.repository_owner_id == '1'"),
      [],
    ],
    ['a condition that is none', condition('assertion.sub = "x"'), []],
    ['an email as the subject', subject('assertion.email'), ['lint-changing-subject']],
    ['one subject for all', subject("'billing'"), ['lint-constant-subject']],
    ['uploaded keys', { jwksJson: '{"keys":[]}' }, ['lint-uploaded-keys']],
    ['a private issuer', { issuerUri: 'https://keycloak.internal/realms/prod' }, ['lint-issuer-private']],
    [
      'a private issuer with uploaded keys',
      { issuerUri: 'https://keycloak.internal/realms/prod', jwksJson: '{"keys":[]}' },
      ['lint-uploaded-keys'],
    ],
    ['an issuer on loopback', { issuerUri: 'http://127.0.0.1:8080/realms/prod' }, []],
    ['a provider for AWS', { type: 'aws' as const }, []],
  ])('see %s', (_, provider, expected) => {
    expect(lintsOf(provider)).toEqual(expected)
  })

  it.each([
    [member('*', true), ['lint-whole-pool']],
    ['allUsers', ['lint-public-member']],
    ['allAuthenticatedUsers', ['lint-public-member']],
    ['user:anna@example.com', []],
  ])('see the member %s', (one, expected) => {
    expect(lintsOf({}, { access: impersonation([one]) })).toEqual(expected)
  })

  it('have nothing to say where there is no provider', () => {
    expect(lint(questionOf({ provider: null }))).toEqual([])
  })
})
