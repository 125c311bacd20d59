import type { Verdict } from '@federate/core'
import { judge } from '@federate/core/rules'
import { claimRules } from './claim-rules.ts'
import { clientRules } from './client-rules.ts'
import { headerRules } from './header-rules.ts'
import { matchRules } from './match-rules.ts'
import type { AcceptanceQuestion } from './question.ts'
import type { Rule } from './rule.ts'
import { signatureRules } from './signature-rules.ts'
import { timeRules } from './time-rules.ts'

const rules: readonly Rule[] = [
  ...clientRules,
  ...headerRules,
  ...claimRules,
  ...matchRules,
  ...timeRules,
  ...signatureRules,
]

/**
 * Says whether Entra would answer a token request that carries the token as client assertion with an access token.
 *
 * Pure: no network, no clock. In which order Entra asks is not documented; what public answers show is kept: a token that
 * matches no credential is refused for that before its keys are fetched. A token whose signature was not checked gets a
 * warning: the verdict then holds only if it is valid.
 */
export function evaluate(question: AcceptanceQuestion): Verdict {
  return judge(rules, question)
}
