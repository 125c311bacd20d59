import { describe, expect, it } from 'vitest'
import { lossText } from './dependents.ts'

const key = (name: string) => ({ kind: 'key', name }) as const

describe('lossText', () => {
  it('is nothing where nobody loses anything', () => {
    expect(lossText([], 'the scope api://orders')).toBeUndefined()
  })

  it('names keys first, then clients and people', () => {
    const others = [{ kind: 'user', name: 'jane' } as const, { kind: 'client', name: 'payroll' } as const]
    expect(lossText([...others, key('globex'), key('acme')], 'the scope api://orders')).toBe(
      'Others, of whom federate.yaml says nothing, lose the scope api://orders: keys acme, globex; client payroll; user jane.',
    )
  })

  it('counts those who are too many to be named', () => {
    const many = Array.from({ length: 23 }, (_, index) => key(`k${String(index).padStart(2, '0')}`))
    expect(lossText(many, 'it')).toMatch(/: keys k00, .*, k19, 3 more\.$/)
  })
})
