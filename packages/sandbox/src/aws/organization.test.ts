import { describe, expect, it } from 'vitest'
import { administerFrom } from './organization.ts'
import { newAccount } from './state.ts'

const now = new Date('2026-11-20T12:00:00Z')

describe('administerFrom', () => {
  it('makes a role in the other accounts of the partition, once', () => {
    const first = newAccount('123456789012')
    const second = newAccount('210987654321')
    const chinese = newAccount('345678901234', 'aws-cn')
    const access = { '210987654321': { assumeRole: 'arn:aws:iam::210987654321:role/OrganizationAccountAccessRole' } }
    expect(administerFrom(first, [second, chinese], now)).toEqual(access)
    const made = second.roles.get('OrganizationAccountAccessRole')
    expect(made?.trustPolicy).toContain('"AWS":"arn:aws:iam::123456789012:root"')
    expect(administerFrom(first, [second], now)).toEqual(access)
    expect(second.roles.get('OrganizationAccountAccessRole')).toBe(made)
    expect([first, chinese].map(({ roles }) => roles.size)).toEqual([0, 0])
  })
})
