import type { RuleResult } from '@federate/core'
import { warning } from '@federate/core/rules'
import { compileExpression, MalformedExpression } from '../cel/expression.ts'
import type { ProviderState } from '../provider.ts'

// Google's guide to other identity providers: "Avoid using a claim like email for this purpose."
const changing = [
  'assertion.email',
  'assertion.preferred_username',
  'assertion.name',
  'assertion.nickname',
  'assertion.upn',
]

/** Whether `google.subject` tells principals apart, and always will. */
export function subjectLints({ attributeMapping }: ProviderState): readonly RuleResult[] {
  const text = attributeMapping['google.subject'] ?? ''
  const expression = compileExpression(text)
  if (expression instanceof MalformedExpression) return []
  const paths = expression.references.map(({ path }) => path.join('.'))
  if (paths.length === 0)
    return [
      warning('lint-constant-subject', 'google.subject is the same for every token: nobody can be told apart.', {
        expected: 'assertion.sub',
        actual: text,
        next: 'Map it from a claim that is unique: assertion.sub.',
      }),
    ]
  return changing
    .filter((path) => paths.includes(path))
    .map((path) =>
      warning('lint-changing-subject', 'google.subject is a claim that can change hands.', {
        expected: 'assertion.sub',
        actual: path,
        next: 'Map it from a claim that is unique and stays: assertion.sub.',
      }),
    )
}
