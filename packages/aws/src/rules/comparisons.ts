import { withinNetwork } from './address.ts'
import type { OperatorKind } from './operator.ts'
import { type Truth, truth } from './truth.ts'
import type { Segment } from './variables.ts'
import { literalPattern, matchesPattern, type PatternUnit, parsePattern } from './wildcard.ts'

/** Compares one value of the request with one of the policy, as the operator without its negation does. */
export function compare(kind: OperatorKind, actual: string, wanted: readonly Segment[]): Truth {
  const text = wanted.map((segment) => segment.text).join('')
  switch (kind) {
    case 'text':
      return truth(actual === text)
    case 'text ignoring case':
      // Lower case, not upper: IAM does not take "ß" for "SS".
      return truth(actual.toLowerCase() === text.toLowerCase())
    case 'pattern':
      return truth(matchesPattern(wanted.flatMap(patternOf), actual))
    case 'arn':
      return compareArns(actual, wanted)
    case 'bool':
      return compareBooleans(actual, text)
    case 'address':
      return withinNetwork(actual, text)
    case 'null':
    case 'opaque':
      return 'unknown'
    default:
      return compareOrdered(kind, actual, text)
  }
}

function patternOf(segment: Segment): PatternUnit[] {
  return segment.literal ? literalPattern(segment.text) : parsePattern(segment.text)
}

/** Each of an ARN's six parts is matched by itself, so that a wildcard does not reach over a colon. */
function compareArns(actual: string, wanted: readonly Segment[]): Truth {
  if (wanted.some((segment) => segment.literal)) return 'unknown'
  const patterns = arnParts(wanted.map((segment) => segment.text).join(''))
  const parts = arnParts(actual)
  if (patterns === undefined) return 'unknown'
  if (parts === undefined) return 'false'
  return truth(patterns.every((pattern, index) => matchesPattern(parsePattern(pattern), parts[index] ?? '')))
}

function arnParts(arn: string): readonly string[] | undefined {
  const parts = arn.split(':')
  return parts.length < 6 || parts[0] !== 'arn' ? undefined : [...parts.slice(0, 5), parts.slice(5).join(':')]
}

function compareBooleans(actual: string, wanted: string): Truth {
  const known = ['true', 'false']
  if (!known.includes(wanted.toLowerCase())) return 'unknown'
  return truth(actual.toLowerCase() === wanted.toLowerCase())
}

function compareOrdered(kind: OperatorKind, actual: string, wanted: string): Truth {
  const read = kind.startsWith('date') ? instant : number
  const right = read(wanted)
  const left = read(actual)
  if (right === undefined) return 'unknown'
  // A value that is no number equals none: so NumericNotEquals holds for it, as observed in live IAM.
  if (left === undefined) return 'false'
  if (kind.endsWith('<=')) return truth(left <= right)
  if (kind.endsWith('>=')) return truth(left >= right)
  if (kind.endsWith('<')) return truth(left < right)
  if (kind.endsWith('>')) return truth(left > right)
  return truth(left === right)
}

function number(text: string): number | undefined {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined
}

/** Dates are ISO 8601 or seconds since the epoch. */
function instant(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) * 1000
  const value = /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?$/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(value) ? undefined : value
}
