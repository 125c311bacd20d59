import type { RuleResult } from '../verdict.ts'

/** A finding that does not decide. */
export function warning(
  rule: string,
  detail: string,
  extra: Pick<RuleResult, 'expected' | 'actual' | 'next'>,
): RuleResult {
  return { rule, outcome: 'warning', detail, ...extra }
}
