import { describe, expect, it } from 'vitest'
import { Parameters } from './parameters.ts'
import { QueryFault } from './query-fault.ts'

describe('the parameters of a Query request', () => {
  const parameters = new Parameters(
    'A=x%20y&N=12&F=1.5&L.member.1=a&L.member.2=b&L.member.4=d&E=&Tags.member.1.Key=k&Tags.member.1.Value=v&Tags.member.2.Key=n',
  )

  it('are texts, numbers, lists and tags', () => {
    expect(parameters.text('A')).toBe('x y')
    expect(parameters.text('B')).toBeUndefined()
    expect(parameters.integer('N')).toBe(12)
    expect(parameters.integer('F')).toBeNaN()
    expect(parameters.list('L')).toEqual(['a', 'b'])
    expect(parameters.tags()).toEqual([
      { key: 'k', value: 'v' },
      { key: 'n', value: '' },
    ])
  })

  it('tell an empty list from none', () => {
    expect(parameters.list('E')).toEqual([])
    expect(parameters.list('M')).toBeUndefined()
  })

  it('are refused when one is there twice, or a required one is not', () => {
    expect(() => new Parameters('A=1&A=2')).toThrow(QueryFault)
    expect(() => parameters.required('RoleName')).toThrow(
      "1 validation error detected: Value at 'roleName' failed to satisfy constraint: Member must not be null",
    )
  })
})
