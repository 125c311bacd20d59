import type { RuleResult } from '@federate/core'
import type { AcceptanceQuestion } from '../question.ts'
import { conditionLints } from './condition-lints.ts'
import { issuerLints } from './issuer-lints.ts'
import { memberLints } from './member-lints.ts'
import { subjectLints } from './subject-lints.ts'

/**
 * What is dangerous about a provider and the policy behind it whatever the token says: they let in too many, or will stop
 * working. What IAM would not store at all has nothing here: the rule "provider-storable" says why.
 */
export function lint(question: AcceptanceQuestion): readonly RuleResult[] {
  const { provider, access } = question
  if (provider === undefined || provider.type !== 'oidc') return []
  return [
    ...conditionLints(provider),
    ...subjectLints(provider),
    ...issuerLints(provider),
    ...(access === undefined ? [] : memberLints(access)),
  ]
}
