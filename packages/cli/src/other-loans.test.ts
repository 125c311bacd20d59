import { Loan } from '@federate/agent'
import { describe, expect, it } from 'vitest'
import { OtherLoans } from './other-loans.ts'

function loans() {
  const made: string[] = []
  const others = new OtherLoans(({ cloud }) => {
    made.push(cloud)
    return new Loan({ name: cloud, obtain: () => Promise.reject(new Error('not asked for')) })
  })
  return { others, made }
}

describe('OtherLoans', () => {
  it('makes a loan once for each', () => {
    const { others, made } = loans()
    expect(others.for({ cloud: 'a' })).toBe(others.for({ cloud: 'a' }))
    others.for({ cloud: 'b' })
    expect(made).toEqual(['a', 'b'])
  })

  it('holds no more than 32, and forgets what was asked for least lately', () => {
    const { others, made } = loans()
    for (let number = 0; number < 32; number += 1) others.for({ cloud: `${number}` })
    others.for({ cloud: '0' })
    others.for({ cloud: 'new' })
    others.for({ cloud: '0' })
    expect(made).toHaveLength(33)
    others.for({ cloud: '1' })
    expect(made).toHaveLength(34)
  })
})
