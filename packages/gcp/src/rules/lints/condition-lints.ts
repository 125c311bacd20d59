import type { RuleResult } from '@federate/core'
import { warning } from '@federate/core/rules'
import { compileExpression, MalformedExpression } from '../cel/expression.ts'
import type { ProviderState } from '../provider.ts'

/** Whether the provider says whom it admits, and says it exactly. */
export function conditionLints({ attributeCondition, issuerUri }: ProviderState): readonly RuleResult[] {
  if (attributeCondition === undefined || attributeCondition === '') return [noCondition(issuerUri)]
  const expression = compileExpression(attributeCondition)
  if (expression instanceof MalformedExpression) return []
  if (expression.references.length === 0) return [constant(attributeCondition)]
  const paths = expression.references.map(({ path }) => path.join('.'))
  return [...openPatterns(attributeCondition), ...names(paths)]
}

function noCondition(issuer: string): RuleResult {
  return warning('lint-no-condition', 'The provider has no condition: every client of the issuer gets into the pool.', {
    expected: 'a condition on a claim',
    actual: issuer,
    next: 'Add a condition that names the subjects: assertion.sub == "service-account-billing".',
  })
}

function constant(condition: string): RuleResult {
  return warning('lint-constant-condition', 'The condition asks for nothing of the token, so it keeps nobody out.', {
    expected: 'a condition on a claim',
    actual: condition,
    next: 'Name the subjects: assertion.sub == "service-account-billing".',
  })
}

/** CEL's `matches` finds its pattern anywhere in a text. */
function openPatterns(condition: string): readonly RuleResult[] {
  const patterns = [...condition.matchAll(/\.matches\(\s*r?(['"])(?<pattern>.*?)\1\s*\)/g)]
  const open = patterns.map(({ groups }) => groups?.['pattern'] ?? '').filter((one) => !/^\^.*\$$/.test(one))
  return open.map((pattern) =>
    warning(
      'lint-open-pattern',
      'The pattern may be found anywhere in the text: whoever puts it into a name gets in.',
      {
        expected: '^…$',
        actual: pattern,
        next: 'Begin it with ^ and end it with $, or compare by ==.',
      },
    ),
  )
}

// Google's guide to deployment pipelines: names can be claimed by others once they were given up; ids cannot.
const reusable = new Map([
  ['assertion.repository', 'assertion.repository_id'],
  ['assertion.repository_owner', 'assertion.repository_owner_id'],
  ['assertion.namespace_path', 'assertion.namespace_id'],
  ['assertion.project_path', 'assertion.project_id'],
])

function names(paths: readonly string[]): readonly RuleResult[] {
  return [...new Set(paths)].flatMap((path) => {
    const id = reusable.get(path)
    if (id === undefined || paths.includes(id)) return []
    return [
      warning('lint-reusable-name', 'Somebody else can take that name once it was given up, and gets in.', {
        expected: id,
        actual: path,
        next: `Compare ${id}, which is never given twice.`,
      }),
    ]
  })
}
