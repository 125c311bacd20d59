import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileExpression, MalformedExpression } from './expression.ts'

const assertion = { sub: 'a/b', level: 3, half: 0.5, list: ['x', 'y'], none: null, deep: { 'x.y/z': { on: true } } }

function result(text: string) {
  const expression = compileExpression(text)
  if (expression instanceof MalformedExpression) throw expression
  return expression.evaluate({ assertion, google: { subject: 's' }, attribute: {} })
}

describe('an expression', () => {
  it.each([
    ['assertion.sub', 'STRING', 'a/b'],
    ['assertion.level', 'DOUBLE', 3],
    ['size(assertion.list)', 'INT', 2n],
    ['assertion.list', 'LIST', ['x', 'y']],
    ['assertion.none', 'NULL', null],
    ["assertion.deep['x.y/z'].on", 'BOOL', true],
    ['assertion.deep', 'MAP', undefined],
    ["assertion.sub.split('/')[1]", 'STRING', 'b'],
    ["assertion.list.join('-')", 'STRING', 'x-y'],
    ["assertion.sub.extract('{first}/')", 'STRING', 'a'],
    ['string(assertion.level)', 'STRING', '3'],
    ['google.subject', 'STRING', 's'],
  ])('%s is %s', (text, type, value) => {
    expect(result(text)).toEqual({ kind: 'value', type, value })
  })

  it.each(['assertion.other', '!assertion.other', 'assertion.sub[0]', "assertion.sub.extract('x')", 'attribute.team'])(
    '%s has no value',
    (text) => {
      expect(result(text)).toMatchObject({ kind: 'error', reason: expect.any(String) })
    },
  )

  it('knows what it reads, with has apart, and what it calls', () => {
    const expression = compileExpression(
      "has(assertion.a.b) && assertion['c'].f(attribute.k) || [1].exists(x, x == google.subject)",
    )
    if (expression instanceof MalformedExpression) throw expression
    expect(expression.references).toEqual([
      { path: ['assertion', 'a', 'b'], tested: true },
      { path: ['assertion', 'c'], tested: false },
      { path: ['attribute', 'k'], tested: false },
      { path: ['google', 'subject'], tested: false },
    ])
    expect([...expression.functions].filter((name) => /^\w+$/.test(name))).toContain('f')
  })

  it('says where a text stops being one', () => {
    const expression = compileExpression('assertion.sub = "x"')
    expect(expression).toBeInstanceOf(MalformedExpression)
    expect(expression).toMatchObject({ message: expect.stringMatching(/^1:15: /) })
  })

  it('is compiled once, as long as few are in use', () => {
    expect(compileExpression('assertion.sub')).toBe(compileExpression('assertion.sub'))
  })

  it('comes to something for any text and any claims', () => {
    const words = fc.constantFrom(
      'assertion',
      '.sub',
      '.x',
      ' == ',
      '"a"',
      ' && ',
      '!',
      '(',
      ')',
      '[0]',
      'has',
      '1',
      '.split("/")',
    )
    const text = fc.array(words, { maxLength: 8 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(fc.oneof(text, fc.string()), fc.dictionary(fc.string(), fc.jsonValue()), (expression, claims) => {
        const compiled = compileExpression(expression)
        if (compiled instanceof MalformedExpression) return true
        return ['value', 'error'].includes(compiled.evaluate({ assertion: claims }).kind)
      }),
    )
  })
})
