import type { RuleResult, Verdict } from '@federate/core'
import { audienceRules } from './audience-rules.ts'
import { claimRules } from './claim-rules.ts'
import { headerRules } from './header-rules.ts'
import { issuerRules } from './issuer-rules.ts'
import type { AcceptanceQuestion } from './question.ts'
import type { Refusal } from './refusals.ts'
import { requestRules } from './request-rules.ts'
import { roleDurationRules, roleRules } from './role-rules.ts'
import type { Finding, Rule } from './rule.ts'
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
]

/**
 * Says whether AWS STS would answer an AssumeRoleWithWebIdentity call with credentials, rule by rule in AWS's order.
 *
 * Pure: no network, no clock. A rule is `not reached` when a rule that it builds on failed; the refusal is that of the
 * first failure. A token whose signature was not checked gets a warning: the verdict then holds only if it is valid.
 */
export function evaluate(question: AcceptanceQuestion): Verdict {
  const results: RuleResult[] = []
  const broken = new Set<string>()
  let refusal: Refusal | undefined
  for (const rule of rules) {
    const missing = rule.needs.find((name) => broken.has(name))
    const findings = missing === undefined ? rule.check(question) : []
    if (missing !== undefined) results.push(notReached(rule.name, missing))
    for (const finding of findings) results.push(asResult(rule.name, finding))
    const failure = firstRefusal(findings)
    if (failure !== undefined || missing !== undefined) broken.add(rule.name)
    refusal ??= failure
  }
  return { decision: decisionOf(results), rules: results, ...(refusal === undefined ? {} : { refusal }) }
}

function firstRefusal(findings: readonly Finding[]): Refusal | undefined {
  for (const finding of findings) if (finding.outcome === 'failed') return finding.refusal
  return undefined
}

function notReached(rule: string, missing: string): RuleResult {
  return { rule, outcome: 'not reached', detail: `Not asked, because it builds on the rule "${missing}".` }
}

function asResult(rule: string, finding: Finding): RuleResult {
  const { outcome, detail, expected, actual, next } = finding
  return {
    rule,
    outcome,
    detail,
    ...(expected === undefined ? {} : { expected }),
    ...(actual === undefined ? {} : { actual }),
    ...(next === undefined ? {} : { next }),
  }
}

function decisionOf(results: readonly RuleResult[]): Verdict['decision'] {
  if (results.some((result) => result.outcome === 'failed')) return 'refused'
  return results.some((result) => result.outcome === 'unknown') ? 'unknown' : 'accepted'
}
