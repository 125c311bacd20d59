import type { Verdict } from '@federate/core'
import { judge } from '@federate/core/rules'
import { audienceRules } from './audience-rules.ts'
import { issuerRules } from './issuer-rules.ts'
import type { AcceptanceQuestion } from './question.ts'
import type { Rule } from './rule.ts'
import { targetRules } from './target-rules.ts'

const rules: readonly Rule[] = [...targetRules, ...issuerRules, ...audienceRules]

/**
 * Says whether Google's STS would exchange a token, rule by rule in Google's order, and whether IAM would then let its
 * principal in.
 *
 * Pure: no network, no clock. A token whose signature was not checked gets a warning: the verdict then holds only if it
 * is valid.
 */
export function evaluate(question: AcceptanceQuestion): Verdict {
  return judge(rules, question)
}
