import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  formatIamArn,
  parseAssumedRole,
  parseIamArn,
  partitionOfRegion,
  partitions,
  regionWithin,
  roleNameOf,
} from './partition.ts'

describe('partitions', () => {
  it.each([
    ['eu-central-1', 'aws'],
    ['cn-north-1', 'aws-cn'],
    ['us-gov-east-1', 'aws-us-gov'],
    ['eusc-de-east-1', 'aws-eusc'],
  ])('%s lies in %s', (region, partition) => {
    expect(partitionOfRegion(region)).toBe(partition)
  })

  it('a region of another partition is not asked', () => {
    expect(regionWithin('aws-us-gov', undefined, '', 'eu-west-1')).toBe('us-gov-west-1')
    expect(regionWithin('aws-us-gov', 'eu-west-1', 'us-gov-east-1')).toBe('us-gov-east-1')
  })
})

describe('ARNs of IAM', () => {
  it('read back as they were written', () => {
    const account = fc.stringMatching(/^\d{12}$/)
    const resource = fc.stringMatching(/^(role|policy)\/[\w/+=,.@-]{1,60}$/)
    fc.assert(
      fc.property(fc.constantFrom(...partitions), account, resource, (partition, number, name) => {
        const arn = { partition, account: number, resource: name }
        expect(parseIamArn(formatIamArn(arn))).toEqual(arn)
      }),
    )
  })

  it('nothing else is one', () => {
    fc.assert(fc.property(fc.string(), (text) => parseIamArn(text) === undefined))
    for (const text of [
      'arn:aws:s3:::bucket',
      'arn:aws-x:iam::123456789012:role/a',
      'arn:aws:iam::12345678901:role/a',
    ]) {
      expect(parseIamArn(text)).toBeUndefined()
    }
  })

  it('of roles give the name without the path', () => {
    expect(roleNameOf('arn:aws:iam::123456789012:role/federate/acme/billing')).toBe('billing')
    expect(roleNameOf('arn:aws:iam::123456789012:role/billing')).toBe('billing')
    expect(roleNameOf('arn:aws:iam::123456789012:user/billing')).toBeUndefined()
  })

  it('of assumed roles give account, role and session', () => {
    expect(parseAssumedRole('arn:aws:sts::123456789012:assumed-role/billing/me@host')).toEqual({
      account: '123456789012',
      role: 'billing',
      sessionName: 'me@host',
    })
    expect(parseAssumedRole('arn:aws:iam::123456789012:role/billing')).toBeUndefined()
  })
})
