import type { RuleResult } from '@federate/core'
import type { ConditionResult } from './conditions.ts'
import type { ContextValue } from './context.ts'
import { matchesPattern, parsePattern } from './wildcard.ts'

type Description = Pick<RuleResult, 'detail' | 'expected' | 'actual' | 'next'>

/** One condition in words: what it asks, what the request has, and the likeliest reason why the two differ. */
export function describeCondition({ condition, truth, actual }: ConditionResult): Description {
  const { operator, key, values } = condition
  const outcome = { true: 'holds', false: 'does not hold', unknown: 'is not known' }[truth]
  const next = truth === 'false' ? advice(operator.name, key, values, actual) : undefined
  const reason = actual.kind === 'unknown' ? ` ${actual.reason}` : ''
  return {
    detail: `${operator.name} on ${key} ${outcome}.${reason}`,
    expected: values.join(' or '),
    actual: shown(actual),
    ...(next === undefined ? {} : { next }),
  }
}

function shown(value: ContextValue): string {
  if (value.kind === 'single') return value.value
  if (value.kind === 'multiple') return value.values.join(', ')
  return value.kind === 'absent' ? '(absent)' : '(not known)'
}

function advice(operator: string, key: string, values: readonly string[], actual: ContextValue): string | undefined {
  if (actual.kind === 'absent') return absentAdvice(key)
  if (actual.kind === 'multiple') return 'Use ForAnyValue: or ForAllValues:, because this key holds a list.'
  if (actual.kind !== 'single') return undefined
  const { value } = actual
  if (/^StringEquals/.test(operator) && values.some((one) => matchesPattern(parsePattern(one), value)))
    return 'StringEquals does not read * and ?: use StringLike, or better the exact value.'
  if (values.some((one) => one.toLowerCase() === value.toLowerCase()))
    return 'The two differ in upper and lower case only: IAM compares exactly.'
  if (key.endsWith(':aud'))
    return 'AWS compares the token’s azp here, and aud only where azp is absent; aud itself is in the key oaud.'
  if (key.endsWith(':sub')) return 'Check which service got this token, and which subject the role trusts.'
  return undefined
}

function absentAdvice(key: string): string {
  if (/^https?:\/\//.test(key)) return 'Write the key without https://.'
  if (/\/:[a-z]+$/.test(key)) return 'Write the key with the provider’s exact URL: check the slash at its end.'
  return 'The call has no such key: of the token’s claims only aud, oaud, sub, amr and email become keys.'
}
