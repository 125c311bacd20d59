/** How a condition compares. */
export interface Operator {
  /** As written in the policy. */
  readonly name: string
  /** `ForAnyValue:` or `ForAllValues:`. */
  readonly set: 'any' | 'all' | undefined
  readonly kind: OperatorKind
  readonly negated: boolean
  readonly ifExists: boolean
}

export type OperatorKind =
  | 'text'
  | 'text ignoring case'
  | 'pattern'
  | 'arn'
  | 'bool'
  | 'null'
  | 'number ='
  | 'number <'
  | 'number <='
  | 'number >'
  | 'number >='
  | 'date ='
  | 'date <'
  | 'date <='
  | 'date >'
  | 'date >='
  | 'address'
  /** Known to IAM, but no key of this call holds binary data. */
  | 'opaque'

const kinds: Readonly<Record<string, readonly [OperatorKind, negated: boolean]>> = {
  StringEquals: ['text', false],
  StringNotEquals: ['text', true],
  StringEqualsIgnoreCase: ['text ignoring case', false],
  StringNotEqualsIgnoreCase: ['text ignoring case', true],
  StringLike: ['pattern', false],
  StringNotLike: ['pattern', true],
  ArnEquals: ['arn', false],
  ArnLike: ['arn', false],
  ArnNotEquals: ['arn', true],
  ArnNotLike: ['arn', true],
  Bool: ['bool', false],
  Null: ['null', false],
  NumericEquals: ['number =', false],
  NumericNotEquals: ['number =', true],
  NumericLessThan: ['number <', false],
  NumericLessThanEquals: ['number <=', false],
  NumericGreaterThan: ['number >', false],
  NumericGreaterThanEquals: ['number >=', false],
  DateEquals: ['date =', false],
  DateNotEquals: ['date =', true],
  DateLessThan: ['date <', false],
  DateLessThanEquals: ['date <=', false],
  DateGreaterThan: ['date >', false],
  DateGreaterThanEquals: ['date >=', false],
  IpAddress: ['address', false],
  NotIpAddress: ['address', true],
  BinaryEquals: ['opaque', false],
}

/** The names of all operators, without quantifier and `IfExists`. */
export const operatorNames: readonly string[] = Object.keys(kinds)

const shape = /^(?:(ForAnyValue|ForAllValues):)?([A-Za-z]+?)(IfExists)?$/

/** Reads an operator of a Condition block, or `undefined` for one that IAM does not have. */
export function parseOperator(name: string): Operator | undefined {
  const [, quantifier, base = '', ifExists] = shape.exec(name) ?? []
  const found = Object.hasOwn(kinds, base) ? kinds[base] : undefined
  if (found === undefined) return undefined
  const [kind, negated] = found
  // Null asks for existence itself, so IAM has neither quantifier nor IfExists for it.
  if (kind === 'null' && (quantifier !== undefined || ifExists !== undefined)) return undefined
  const set = quantifier === undefined ? undefined : quantifier === 'ForAnyValue' ? 'any' : 'all'
  return { name, set, kind, negated, ifExists: ifExists !== undefined }
}
