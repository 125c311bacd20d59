import type { RuleResult } from '@federate/core'
import { warning } from '@federate/core/rules'
import { parseMember } from '../member.ts'
import type { Access } from '../question.ts'

/** Members that mean more than one service. */
export function memberLints({ policy }: Access): readonly RuleResult[] {
  const members = new Set(policy?.bindings.flatMap((binding) => binding.members) ?? [])
  return [...members].flatMap((member) => {
    if (member === 'allUsers' || member === 'allAuthenticatedUsers') return [everybody(member)]
    return parseMember(member)?.who.kind === 'everyone' ? [wholePool(member)] : []
  })
}

function everybody(member: string): RuleResult {
  return warning('lint-public-member', 'A binding lets in people from everywhere.', {
    expected: 'principal://…/subject/<subject>',
    actual: member,
    next: 'Take it out of the policy, and bind the principals that are meant.',
  })
}

function wholePool(member: string): RuleResult {
  return warning('lint-whole-pool', 'A binding lets in everybody who gets into the pool, by any of its providers.', {
    expected: 'principal://…/subject/<subject>',
    actual: member,
    next: 'Bind the one subject that is meant; the pool may get another provider one day.',
  })
}
