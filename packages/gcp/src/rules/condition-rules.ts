import { type Finding, failed, passed, shown } from '@federate/core/rules'
import { compileExpression, MalformedExpression } from './cel/expression.ts'
import { evaluateCondition, mappedAttributes } from './mapping.ts'
import { result } from './mapping-rules.ts'
import type { AcceptanceQuestion } from './question.ts'
import { conditionRejected } from './refusals.ts'
import type { Rule } from './rule.ts'

const conditionRule: Rule = {
  name: 'condition',
  needs: ['provider-storable'],
  check(question) {
    const text = question.provider?.attributeCondition
    if (text === undefined || text === '') return [passed('The provider has no condition.')]
    const evaluation = evaluateCondition(text, question)
    const pair = { expected: text, actual: valuesOf(text, question) }
    if (evaluation.kind === 'error')
      return [
        rejected(
          `The condition cannot be computed with this token (${evaluation.reason}), and that refuses it.`,
          pair,
          'Have the issuer write the claim; one that may be absent needs has(assertion.claim) && before it.',
        ),
      ]
    if (evaluation.value === true) return [passed('The condition holds.', pair)]
    if (evaluation.value === false)
      return [
        rejected(
          'The condition does not hold.',
          pair,
          'Check which service got this token, and what the condition asks for.',
        ),
      ]
    return [
      rejected(
        'The condition is neither true nor false.',
        { ...pair, actual: result(evaluation) },
        'Compare: assertion.claim == "value".',
      ),
    ]
  },
}

function rejected(detail: string, pair: { expected: string; actual: string }, next: string): Finding {
  return failed(conditionRejected(), detail, { ...pair, next })
}

/** What the condition reads, with the values that it has. */
function valuesOf(text: string, question: AcceptanceQuestion): string {
  const expression = compileExpression(text)
  if (expression instanceof MalformedExpression) return ''
  const paths = new Map(expression.references.map(({ path }) => [path.join('.'), path]))
  return [...paths].map(([name, path]) => `${name} = ${valueAt(path, question)}`).join(', ')
}

function valueAt([root = '', name = '', ...rest]: readonly string[], question: AcceptanceQuestion): string {
  if (root === 'assertion') return shown(inside(question.token.claims, [name, ...rest]))
  const evaluation = mappedAttributes(question).get(`${root}.${name}`)
  return evaluation === undefined ? '(not mapped)' : result(evaluation)
}

function inside(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, name) =>
      typeof at === 'object' && at !== null ? Object.entries(at).find(([key]) => key === name)?.[1] : undefined,
    value,
  )
}

/** The provider's attribute condition, with the token and what was mapped from it. */
export const conditionRules: readonly Rule[] = [conditionRule]
