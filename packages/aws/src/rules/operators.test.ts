import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type OperatorCase, operatorCases } from './cases/operator-cases.ts'
import { evaluateCondition } from './conditions.ts'
import type { ContextValue } from './context.ts'
import { type Operator, operatorNames, parseOperator } from './operator.ts'
import type { Truth } from './truth.ts'

function operatorOf(name: string): Operator {
  const operator = parseOperator(name)
  if (operator === undefined) throw new Error(`IAM has no operator ${name}`)
  return operator
}

function truthOf(operator: Operator, actual: ContextValue, values: readonly string[]): Truth {
  const key = 'aws:Key'
  return evaluateCondition({ operator, key, values }, '2012-10-17', () => actual).truth
}

/** The case, decided by another operator than it names. */
function holdsWith(one: OperatorCase, behaviour: Partial<Operator>): boolean {
  return truthOf({ ...operatorOf(one.operator), ...behaviour }, one.actual, one.values) === one.expected
}

function casesOf(name: string): readonly OperatorCase[] {
  return operatorCases.filter((one) => operatorOf(one.operator).name === name)
}

describe('a condition operator', () => {
  it.each(operatorCases.map((one) => [label(one), one] as const))('%s', (_, one) => {
    expect(truthOf(operatorOf(one.operator), one.actual, one.values)).toBe(one.expected)
  })

  it('has a source for every case', () => {
    expect(operatorCases.filter((one) => one.source.length < 8)).toEqual([])
  })

  it('is told from every other one by a case', () => {
    const survivors = operatorNames.flatMap((name) => {
      const own = operatorOf(name)
      const others = operatorNames
        .map(operatorOf)
        .filter(({ kind, negated }) => kind !== own.kind || negated !== own.negated)
      return others
        .filter(({ kind, negated }) => casesOf(name).every((one) => holdsWith(one, { kind, negated })))
        .map((other) => `${name} as ${other.name}`)
    })
    expect(survivors).toEqual([])
  })

  it.each([
    ['StringEqualsIfExists', { ifExists: false }],
    ['StringEquals', { ifExists: true }],
    ['ForAnyValue:StringEquals', { set: 'all' }],
    ['ForAnyValue:StringEquals', { set: undefined }],
    ['ForAllValues:StringEquals', { set: 'any' }],
    ['ForAllValues:StringEquals', { set: undefined }],
    ['StringEquals', { set: 'any' }],
    ['StringEquals', { set: 'all' }],
  ] as const)('%s is told from one with %j', (name, mutation) => {
    expect(casesOf(name).every((one) => holdsWith(one, mutation))).toBe(false)
  })
})

const value = fc.oneof(fc.constantFrom('a', 'true', '5', '203.0.113.7', '2026-09-24'), fc.string({ maxLength: 4 }))
const actual: fc.Arbitrary<ContextValue> = fc.oneof(
  fc.constant({ kind: 'absent' } as const),
  value.map((one) => ({ kind: 'single', value: one }) as const),
)
const withIfExists = fc.constantFrom(...operatorNames.filter((name) => name !== 'Null'))

describe('IfExists', () => {
  it('changes nothing while the key is there, and holds when it is absent', () => {
    fc.assert(
      fc.property(withIfExists, actual, fc.array(value, { minLength: 1, maxLength: 3 }), (name, found, values) => {
        const relaxed = truthOf(operatorOf(`${name}IfExists`), found, values)
        if (found.kind === 'absent') return relaxed === 'true'
        return relaxed === truthOf(operatorOf(name), found, values)
      }),
    )
  })

  it('never takes away what the operator without it grants', () => {
    fc.assert(
      fc.property(withIfExists, actual, fc.array(value, { minLength: 1, maxLength: 3 }), (name, found, values) => {
        if (truthOf(operatorOf(name), found, values) !== 'true') return true
        return truthOf(operatorOf(`${name}IfExists`), found, values) === 'true'
      }),
    )
  })
})

function label({ operator, actual: found, values, expected }: OperatorCase): string {
  const shown = found.kind === 'single' ? found.value : found.kind === 'multiple' ? found.values.join('+') : found.kind
  return `${operator}: ${shown} against ${values.join(' or ')} is ${expected}`
}
