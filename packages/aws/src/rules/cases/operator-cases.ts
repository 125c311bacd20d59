import type { ContextValue } from '../context.ts'
import type { Truth } from '../truth.ts'

/** One line of a Condition block against one value of the request: what a single operator must say. */
export interface OperatorCase {
  readonly operator: string
  readonly actual: ContextValue
  readonly values: readonly string[]
  readonly expected: Truth
  readonly source: string
}

const guide = 'IAM User Guide, reference_policies_elements_condition_operators'
const multivalued = 'IAM User Guide, reference_policies_condition-single-vs-multi-valued-context-keys'
const observed = 'radkawar/stackd, docs/iam-evaluation.md: condition sets observed in live IAM'

type Row = readonly [operator: string, actual: string | readonly string[] | null, values: string, expected: Truth]

const arn = 'arn:aws:iam::123456789012:role/team/billing'
const logs = 'arn:aws:logs:eu-west-1:123456789012:log-group:x'
const noon = '2026-09-24T12:00:00Z'

// Values are separated by a bar. Each operator has a row that tells it from every other one.
const documented: readonly Row[] = [
  ['StringEquals', 'a*', 'a*', 'true'],
  ['StringEquals', 'ab', 'a*', 'false'],
  ['StringEquals', 'Ab', 'ab', 'false'],
  ['StringEquals', 'ab', 'x|ab', 'true'],
  ['StringEquals', null, 'ab', 'false'],
  ['StringNotEquals', 'ab', 'ab', 'false'],
  ['StringNotEquals', 'Ab', 'ab', 'true'],
  ['StringNotEquals', 'ab', 'a*', 'true'],
  ['StringNotEquals', 'ab', 'x|ab', 'false'],
  ['StringNotEquals', null, 'ab', 'true'],
  ['StringEqualsIgnoreCase', 'Ab', 'aB', 'true'],
  ['StringEqualsIgnoreCase', 'ab', 'a*', 'false'],
  ['StringEqualsIgnoreCase', null, 'ab', 'false'],
  ['StringNotEqualsIgnoreCase', 'Ab', 'aB', 'false'],
  ['StringNotEqualsIgnoreCase', 'ab', 'a*', 'true'],
  ['StringNotEqualsIgnoreCase', null, 'ab', 'true'],
  ['StringLike', 'ab', 'a*', 'true'],
  ['StringLike', 'ab', 'a?', 'true'],
  ['StringLike', 'Ab', 'a*', 'false'],
  ['StringLike', 'a', 'a?', 'false'],
  ['StringLike', '', '*', 'true'],
  ['StringLike', null, '*', 'false'],
  ['StringLike', arn, 'arn:*billing', 'true'],
  ['StringNotLike', 'ab', 'a*', 'false'],
  ['StringNotLike', 'Ab', 'a*', 'true'],
  ['StringNotLike', arn, 'arn:*billing', 'false'],
  ['StringNotLike', null, '*', 'true'],
  ['ArnEquals', arn, 'arn:aws:iam::*:role/*', 'true'],
  ['ArnEquals', arn, 'arn:*:billing:*:*:*', 'false'],
  ['ArnEquals', logs, 'arn:aws:*:123456789012:log-group:x', 'false'],
  ['ArnEquals', null, 'arn:aws:iam::*:role/*', 'false'],
  ['ArnLike', arn, 'arn:aws:iam::*:role/*', 'true'],
  ['ArnLike', arn, 'arn:aws:iam::*:role/?eam/billing', 'true'],
  ['ArnLike', logs, 'arn:aws:*:123456789012:log-group:x', 'false'],
  ['ArnLike', 'no arn', 'arn:aws:iam::*:role/*', 'false'],
  ['ArnLike', null, 'arn:aws:iam::*:role/*', 'false'],
  ['ArnNotEquals', arn, 'arn:aws:iam::*:role/*', 'false'],
  ['ArnNotEquals', logs, 'arn:aws:*:123456789012:log-group:x', 'true'],
  ['ArnNotEquals', null, 'arn:aws:iam::*:role/*', 'true'],
  ['ArnNotLike', arn, 'arn:aws:iam::*:role/*', 'false'],
  ['ArnNotLike', logs, 'arn:aws:*:123456789012:log-group:x', 'true'],
  ['ArnNotLike', null, 'arn:aws:iam::*:role/*', 'true'],
  ['Bool', 'true', 'true', 'true'],
  ['Bool', 'TRUE', 'true', 'true'],
  ['Bool', 'false', 'true', 'false'],
  ['Bool', 'other', 'true', 'false'],
  ['Bool', 'other', 'other', 'unknown'],
  ['Bool', null, 'true', 'false'],
  ['Null', 'x', 'true', 'false'],
  ['Null', 'x', 'false', 'true'],
  ['Null', null, 'true', 'true'],
  ['Null', null, 'false', 'false'],
  ['Null', null, 'true|false', 'true'],
  ['NumericEquals', '5.0', '5', 'true'],
  ['NumericEquals', '6', '5', 'false'],
  ['NumericEquals', '4', '5', 'false'],
  ['NumericEquals', 'a', '5', 'false'],
  ['NumericEquals', null, '5', 'false'],
  ['NumericNotEquals', '5.0', '5', 'false'],
  ['NumericNotEquals', '6', '5', 'true'],
  ['NumericNotEquals', null, '5', 'true'],
  ['NumericLessThan', '4', '5', 'true'],
  ['NumericLessThan', '5', '5.0', 'false'],
  ['NumericLessThan', '6', '5', 'false'],
  ['NumericLessThan', '-10', '-9', 'true'],
  ['NumericLessThan', null, '5', 'false'],
  ['NumericLessThanEquals', '4', '5', 'true'],
  ['NumericLessThanEquals', '5', '5.0', 'true'],
  ['NumericLessThanEquals', '6', '5', 'false'],
  ['NumericLessThanEquals', '-10', '-9', 'true'],
  ['NumericLessThanEquals', null, '5', 'false'],
  ['NumericGreaterThan', '6', '5', 'true'],
  ['NumericGreaterThan', '5', '5.0', 'false'],
  ['NumericGreaterThan', '4', '5', 'false'],
  ['NumericGreaterThan', '-8', '-9', 'true'],
  ['NumericGreaterThan', null, '5', 'false'],
  ['NumericGreaterThanEquals', '6', '5', 'true'],
  ['NumericGreaterThanEquals', '5', '5.0', 'true'],
  ['NumericGreaterThanEquals', '4', '5', 'false'],
  ['NumericGreaterThanEquals', '-8', '-9', 'true'],
  ['NumericGreaterThanEquals', null, '5', 'false'],
  ['DateEquals', noon, '2026-09-24T14:00:00+02:00', 'true'],
  ['DateEquals', '1790251200', noon, 'true'],
  ['DateEquals', noon, '2026-09-24', 'false'],
  ['DateEquals', noon, '2026-09-25', 'false'],
  ['DateEquals', null, noon, 'false'],
  ['DateNotEquals', noon, '2026-09-24T14:00:00+02:00', 'false'],
  ['DateNotEquals', noon, '2026-09-24', 'true'],
  ['DateNotEquals', null, noon, 'true'],
  ['DateLessThan', noon, '2026-09-25', 'true'],
  ['DateLessThan', noon, '1790251200', 'false'],
  ['DateLessThan', noon, '2026-09-24', 'false'],
  ['DateLessThan', null, noon, 'false'],
  ['DateLessThanEquals', noon, '2026-09-25', 'true'],
  ['DateLessThanEquals', noon, '1790251200', 'true'],
  ['DateLessThanEquals', noon, '2026-09-24', 'false'],
  ['DateGreaterThan', noon, '2026-09-24', 'true'],
  ['DateGreaterThan', noon, '1790251200', 'false'],
  ['DateGreaterThan', noon, '2026-09-25', 'false'],
  ['DateGreaterThanEquals', noon, '2026-09-24', 'true'],
  ['DateGreaterThanEquals', noon, '1790251200', 'true'],
  ['DateGreaterThanEquals', noon, '2026-09-25', 'false'],
  ['IpAddress', '203.0.113.7', '203.0.113.0/24', 'true'],
  ['IpAddress', '203.0.114.7', '203.0.113.0/24', 'false'],
  ['IpAddress', '203.0.113.7', '203.0.113.7', 'true'],
  ['IpAddress', '203.0.113.8', '203.0.113.7', 'false'],
  ['IpAddress', '2001:db8::1', '2001:DB8:0:0::/64', 'true'],
  ['IpAddress', '203.0.113.7', '2001:db8::/32', 'false'],
  ['IpAddress', '203.0.113.7', '192.0.2.0/24|203.0.113.0/24', 'true'],
  ['IpAddress', '203.0.113.7', '203.0.113.0/33', 'unknown'],
  ['IpAddress', null, '203.0.113.0/24', 'false'],
  ['NotIpAddress', '203.0.113.7', '203.0.113.0/24', 'false'],
  ['NotIpAddress', '203.0.114.7', '203.0.113.0/24', 'true'],
  ['NotIpAddress', null, '203.0.113.0/24', 'true'],
  ['BinaryEquals', 'QmluYXJ5', 'QmluYXJ5', 'unknown'],
  ['BinaryEquals', 'true', 'true', 'unknown'],
  ['BinaryEquals', '5', '5', 'unknown'],
  ['BinaryEquals', noon, noon, 'unknown'],
  ['BinaryEquals', arn, arn, 'unknown'],
  ['BinaryEquals', '203.0.113.7', '203.0.113.7', 'unknown'],
  ['BinaryEquals', null, 'QmluYXJ5', 'false'],
  ['StringEqualsIfExists', null, 'ab', 'true'],
  ['StringEqualsIfExists', 'x', 'ab', 'false'],
  ['StringEqualsIfExists', 'ab', 'ab', 'true'],
  ['StringNotEqualsIfExists', null, 'ab', 'true'],
  ['StringNotEqualsIfExists', 'ab', 'ab', 'false'],
  ['IpAddressIfExists', null, '203.0.113.0/24', 'true'],
  ['BoolIfExists', null, 'true', 'true'],
  ['ArnLikeIfExists', null, 'arn:aws:iam::*:role/*', 'true'],
  ['NumericLessThanIfExists', null, '5', 'true'],
]

const sets: readonly Row[] = [
  ['ForAnyValue:StringEquals', ['a', 'b'], 'b|c', 'true'],
  ['ForAnyValue:StringEquals', ['a', 'b'], 'c', 'false'],
  ['ForAnyValue:StringEquals', 'a', 'a', 'true'],
  ['ForAnyValue:StringNotEquals', ['a', 'b'], 'a', 'true'],
  ['ForAnyValue:StringLike', ['pwd', 'otp'], 'o*', 'true'],
  ['ForAllValues:StringEquals', ['a', 'b'], 'a|b|c', 'true'],
  ['ForAllValues:StringEquals', ['a', 'b'], 'a', 'false'],
  ['ForAllValues:StringNotEquals', ['a', 'b'], 'c', 'true'],
  ['ForAllValues:StringNotEquals', ['a', 'b'], 'b', 'false'],
  ['ForAllValues:StringEquals', null, 'a', 'true'],
]

const recorded: readonly Row[] = [
  ['NumericNotEquals', 'a', '5', 'true'],
  ['StringEqualsIgnoreCase', 'stra\u00dfe', 'STRASSE', 'false'],
  ['ForAnyValue:StringEquals', null, 'a', 'false'],
  ['ForAnyValue:StringNotEquals', null, 'a', 'false'],
  ['StringEquals', ['a'], 'a', 'false'],
  ['StringNotEquals', ['a'], 'b', 'false'],
  ['StringEqualsIfExists', ['a'], 'a', 'false'],
]

/** What each operator must say. */
export const operatorCases: readonly OperatorCase[] = [
  ...documented.map((row) => asCase(row, guide)),
  ...sets.map((row) => asCase(row, multivalued)),
  ...recorded.map((row) => asCase(row, observed)),
]

function asCase([operator, actual, values, expected]: Row, source: string): OperatorCase {
  return { operator, actual: contextValue(actual), values: values.split('|'), expected, source }
}

function contextValue(actual: Row[1]): ContextValue {
  if (actual === null) return { kind: 'absent' }
  return typeof actual === 'string' ? { kind: 'single', value: actual } : { kind: 'multiple', values: actual }
}
