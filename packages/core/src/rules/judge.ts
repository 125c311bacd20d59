import type { RuleResult, Verdict } from '../verdict.ts'
import type { Finding, Refusal, Rule } from './rule.ts'

/**
 * Asks rules one after the other, in the order in which their cloud asks.
 *
 * A rule is `not reached` when a rule that it builds on failed; the refusal is that of the first failure.
 */
export function judge<Question>(rules: readonly Rule<Question>[], question: Question): Verdict {
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
