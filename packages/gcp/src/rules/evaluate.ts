import type { Verdict } from '@federate/core'
import { judge } from '@federate/core/rules'
import { accessRules } from './access-rules.ts'
import { audienceRules } from './audience-rules.ts'
import { conditionRules } from './condition-rules.ts'
import { headerRules } from './header-rules.ts'
import { issuerRules } from './issuer-rules.ts'
import { functionRules, mappingRules } from './mapping-rules.ts'
import type { AcceptanceQuestion } from './question.ts'
import type { Rule } from './rule.ts'
import { signatureRules } from './signature-rules.ts'
import { storableRules } from './storable-rules.ts'
import { targetRules } from './target-rules.ts'
import { timeRules } from './time-rules.ts'

const rules: readonly Rule[] = [
  ...targetRules,
  ...storableRules,
  ...headerRules,
  ...issuerRules,
  ...signatureRules,
  ...audienceRules,
  ...timeRules,
  ...functionRules,
  ...conditionRules,
  ...mappingRules,
  ...accessRules,
]

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
