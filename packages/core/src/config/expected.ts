import type { z } from 'zod'

const types: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map',
  record: 'a map',
  array: 'a list',
  tuple: 'a list',
  null: 'nothing (null)',
}

/** What a schema expected, in words: the end of "found …, expected …". */
export function expectedOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return types[issue.expected] ?? `a value of type ${issue.expected}`
    case 'invalid_value':
      return oneOf(issue.values)
    case 'invalid_union':
      return expectedOfUnion(issue)
    case 'too_small':
      return amount(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum)
    case 'too_big':
      return amount(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum)
    case 'invalid_format':
      return issue.pattern === undefined
        ? `a text of the format ${issue.format}`
        : `a text that matches ${issue.pattern}`
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`
    default:
      return 'another value'
  }
}

function expectedOfUnion(issue: z.core.$ZodIssueInvalidUnion): string {
  if ('options' in issue && Array.isArray(issue.options)) return oneOf(issue.options)
  const branches = issue.errors.flatMap((issues) => issues.slice(0, 1).map(expectedOf))
  return branches.length === 0 ? 'another value' : [...new Set(branches)].join(' or ')
}

function oneOf(values: readonly unknown[]): string {
  const shown = values.map((value) => (typeof value === 'string' ? `"${value}"` : String(value)))
  const last = shown.at(-1) ?? 'nothing'
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} or ${last}`
}

function amount(origin: string, comparison: string, limit: number | bigint): string {
  const unit = origin === 'string' ? 'character' : origin === 'array' || origin === 'set' ? 'item' : undefined
  if (unit === undefined) return `${comparison} ${limit}`
  return `${comparison} ${limit} ${unit}${Number(limit) === 1 ? '' : 's'}`
}
