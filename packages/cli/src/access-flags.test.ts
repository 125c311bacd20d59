import { aws } from '@federate/aws/cloud'
import { describe, expect, it } from 'vitest'
import { withAccessFlags } from './access-flags.ts'

const role = 'arn:aws:iam::210987654321:role/setup'
const schema = await aws.access?.()
if (schema === undefined) throw new Error('AWS has a part in federate.admin.yaml')
const schemas = new Map([['aws', schema]])

function merge(options: object, file: unknown = undefined) {
  return withAccessFlags(new Map(file === undefined ? [] : [['aws', file]]), options, schemas).get('aws')
}

describe('the flags that say how accounts are reached', () => {
  it('say nothing where they are not given', () => {
    const file = { accounts: {} }
    expect(merge({})).toBeUndefined()
    expect(merge({}, file)).toBe(file)
  })

  it('win over federate.admin.yaml, account by account', () => {
    const file = { accounts: { '123456789012': { profile: 'old' }, '345678901234': { profile: 'third' } } }
    const options = {
      awsProfile: ['123456789012=new', '210987654321=base'],
      awsAssumeRole: [role],
      awsExternalId: ['210987654321=a=b'],
    }
    expect(merge(options, file)).toEqual({
      accounts: {
        '123456789012': { profile: 'new' },
        '345678901234': { profile: 'third' },
        '210987654321': { profile: 'base', assumeRole: role, externalId: 'a=b' },
      },
    })
    expect(file.accounts['123456789012'].profile).toBe('old')
  })

  it.each([
    [{ awsProfile: ['acme'] }, '--aws-profile is "acme", expected account=profile, where an account is 12 digits.'],
    [{ awsAssumeRole: ['setup'] }, '--aws-assume-role is "setup", expected arn, where an account is 12 digits.'],
    [{ awsExternalId: ['1=x'] }, '--aws-external-id is "1=x", expected account=id, where an account is 12 digits.'],
    [
      { awsAssumeRole: ['arn:aws-xx:iam::210987654321:role/setup'] },
      'aws.accounts.210987654321.assumeRole expected the ARN of a role, as arn:aws:iam::123456789012:role/name.',
    ],
  ])('refuse %j', (options, problem) => {
    expect(() => merge(options)).toThrow(
      expect.objectContaining({ code: 'FLAG_INVALID', outcome: 'usage', problem: expect.stringContaining(problem) }),
    )
  })
})
