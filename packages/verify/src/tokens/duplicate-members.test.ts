import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasDuplicateMembers } from './duplicate-members.ts'

const twice = (text: string) => hasDuplicateMembers(text, JSON.parse(text))

describe('hasDuplicateMembers', () => {
  it.each([
    '{"sub":"a","sub":"b"}',
    '{"a":{"b":1,"b":2}}',
    '{"a":[{"b":1,"b":1}]}',
    '{"sub":1, "s\\u0075b":2}',
    '{"__proto__":1,"__proto__":2}',
    '{"a":"\\"", "a":"}"}',
  ])('%s', (text) => {
    expect(twice(text)).toBe(true)
  })

  it.each([
    '{"a":1, "b":{"a":1}}',
    '{"a":"\\"a\\":1,\\"a\\":1"}',
    '{ "2":1, "1":2 }',
    '[]',
    '{"a":["a","a"]}',
    '{"a":1e3}',
  ])('not %s', (text) => {
    expect(twice(text)).toBe(false)
  })

  it('is silent about whatever JSON.stringify writes, however it is spaced', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (value, space) => {
        expect(twice(JSON.stringify(value, undefined, space))).toBe(false)
      }),
    )
  })

  it('finds a member that was written a second time', () => {
    const objects = fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 })
    fc.assert(
      fc.property(objects, fc.jsonValue(), (object, value) => {
        const [name = ''] = Object.keys(object)
        expect(twice(`${JSON.stringify(object).slice(0, -1)},${JSON.stringify(name)}:${JSON.stringify(value)}}`)).toBe(
          true,
        )
      }),
    )
  })
})
