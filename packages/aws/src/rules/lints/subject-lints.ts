import type { RuleResult } from '@federate/core'
import { warning } from '@federate/core/rules'
import type { Condition, Statement } from '../policy.ts'

/** Whether the statement says which subject it admits, and says it exactly. */
export function subjectLints({ conditions }: Statement): readonly RuleResult[] {
  const subjects = conditions.filter(({ key, operator }) => /:sub$/i.test(key) && pins(operator))
  if (subjects.length === 0) return [noSubject()]
  return subjects.flatMap(wildcards)
}

/** A negation, or a condition that an absent key fulfils, keeps hardly anybody out. */
function pins({ kind, negated }: Condition['operator']): boolean {
  return !negated && kind !== 'null'
}

function noSubject(): RuleResult {
  return warning('lint-no-subject', 'The statement names no sub: every client of the issuer may take the role.', {
    expected: 'StringEquals on <provider>:sub',
    actual: '(no such condition)',
    next: 'Add a StringEquals condition on <provider>:sub with the one subject that may take the role.',
  })
}

function wildcards({ operator, values }: Condition): readonly RuleResult[] {
  const wild = values.filter((value) => operator.kind === 'pattern' && /[*?]/.test(value.replace(/\$\{[*?$]\}/g, '')))
  return wild.map((value) =>
    warning('lint-wildcard-subject', 'The subject is a pattern: whoever gets a client of such a name gets the role.', {
      expected: 'one exact subject',
      actual: value,
      next: 'Name each subject exactly, with StringEquals and a list where there are several.',
    }),
  )
}
