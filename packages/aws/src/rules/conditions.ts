import { compare } from './comparisons.ts'
import type { ContextValue, RequestContext } from './context.ts'
import type { Operator } from './operator.ts'
import type { Condition, TrustPolicy } from './policy.ts'
import { every, not, some, type Truth, truth } from './truth.ts'
import { expandVariables } from './variables.ts'

export interface ConditionResult {
  readonly condition: Condition
  readonly truth: Truth
  readonly actual: ContextValue
}

/**
 * Evaluates one line of a Condition block (IAM User Guide, reference_policies_elements_condition_operators, and
 * reference_policies_condition-single-vs-multi-valued-context-keys).
 */
export function evaluateCondition(
  condition: Condition,
  version: TrustPolicy['version'],
  context: RequestContext,
): ConditionResult {
  const actual = context(condition.key)
  const holds = (value: string) => compareOne(condition, value, version, context)
  return { condition, actual, truth: decide(condition, actual, holds) }
}

function decide(condition: Condition, actual: ContextValue, holds: (value: string) => Truth): Truth {
  const { operator } = condition
  if (actual.kind === 'unknown') return 'unknown'
  if (operator.kind === 'null') return existence(condition, actual.kind === 'absent')
  if (actual.kind === 'absent') return whenAbsent(operator)
  const values = actual.kind === 'single' ? [actual.value] : actual.values
  if (operator.set === 'any') return some(values.map(holds))
  if (operator.set === 'all') return every(values.map(holds))
  // A single-value operator never matches a multivalued key, also when negated or with IfExists.
  return actual.kind === 'multiple' ? 'false' : holds(actual.value)
}

function existence(condition: Condition, absent: boolean): Truth {
  const wanted = condition.values.map((value) => value.toLowerCase())
  if (wanted.some((value) => value !== 'true' && value !== 'false')) return 'unknown'
  return truth(wanted.includes(String(absent)))
}

function whenAbsent(operator: Operator): Truth {
  if (operator.set === 'all') return 'true'
  if (operator.set === 'any') return operator.ifExists ? 'unknown' : 'false'
  return truth(operator.ifExists || operator.negated)
}

function compareOne(
  { operator, values }: Condition,
  actual: string,
  version: TrustPolicy['version'],
  context: RequestContext,
): Truth {
  const matches = values.map((value) => {
    const wanted = expandVariables(value, version, context)
    return wanted === undefined ? 'unknown' : compare(operator.kind, actual, wanted)
  })
  return operator.negated ? not(some(matches)) : some(matches)
}
