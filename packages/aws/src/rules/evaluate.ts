import type { Verdict } from '@federate/core'
import { judge } from '@federate/core/rules'
import { audienceRules } from './audience-rules.ts'
import { claimRules } from './claim-rules.ts'
import { headerRules } from './header-rules.ts'
import { issuerRules } from './issuer-rules.ts'
import type { AcceptanceQuestion } from './question.ts'
import { requestRules } from './request-rules.ts'
import { roleDurationRules, roleRules } from './role-rules.ts'
import type { Rule } from './rule.ts'
import { sessionPolicyRules } from './session-policy-rules.ts'
import { sessionRules } from './session-rules.ts'
import { signatureRules } from './signature-rules.ts'
import { timeRules } from './time-rules.ts'
import { trustRules } from './trust-rules.ts'

const rules: readonly Rule[] = [
  ...requestRules,
  ...headerRules,
  ...claimRules,
  ...issuerRules,
  ...signatureRules,
  ...timeRules,
  ...audienceRules,
  ...sessionRules,
  ...roleRules,
  ...trustRules,
  ...roleDurationRules,
  ...sessionPolicyRules,
]

/**
 * Says whether AWS STS would answer an AssumeRoleWithWebIdentity call with credentials, rule by rule in AWS's order.
 *
 * Pure: no network, no clock. A token whose signature was not checked gets a warning: the verdict then holds only if it
 * is valid.
 */
export function evaluate(question: AcceptanceQuestion): Verdict {
  return judge(rules, question)
}
