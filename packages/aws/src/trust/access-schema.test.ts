import { describe, expect, it } from 'vitest'
import { awsAccessSchema } from './access-schema.ts'

function problems(accounts: unknown): string[] {
  const { error } = awsAccessSchema.safeParse({ accounts })
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`)
}

describe('how accounts are reached', () => {
  it('is a profile, a role, both or neither', () => {
    const assumeRole = 'arn:aws:iam::123456789012:role/Admin'
    expect(problems({ '123456789012': { profile: 'a', assumeRole, externalId: 'acme' }, '210987654321': {} })).toEqual(
      [],
    )
  })

  it.each([
    [{ '12': {} }, 'accounts.12: expected 12 digits in quotes'],
    [
      { '123456789012': { profile: '' } },
      'accounts.123456789012.profile: Too small: expected string to have >=1 characters',
    ],
    [
      { '123456789012': { assumeRole: 'Admin' } },
      'accounts.123456789012.assumeRole: expected the ARN of a role, as arn:aws:iam::123456789012:role/name',
    ],
    [
      { '123456789012': { assumeRole: 'arn:aws:iam::210987654321:role/Admin' } },
      'accounts.123456789012.assumeRole: is a role of account 210987654321, and stands under account 123456789012',
    ],
  ])('is not %j', (accounts, problem) => {
    expect(problems(accounts)).toContain(problem)
  })
})
