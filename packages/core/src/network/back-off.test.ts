import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backOff } from './back-off.ts'

const fixed = { base: 1, longest: 60, random: () => 1 }

describe('backOff', () => {
  it('doubles up to the longest delay', () => {
    const delays = [1, 2, 3, 7, 100].map((failures) => backOff({ ...fixed, failures }))
    expect(delays).toEqual([1, 2, 4, 60, 60])
  })

  it('is at least half of that', () => {
    expect(backOff({ ...fixed, failures: 3, random: () => 0 })).toBe(2)
  })

  it('waits as long as the server asked, but for the longest delay', () => {
    expect(backOff({ ...fixed, failures: 1, retryAfter: 20 })).toBe(20)
    expect(backOff({ ...fixed, failures: 1, retryAfter: 3600 })).toBe(60)
  })

  it('stays between half the base and the longest delay', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
        const delay = backOff({ failures, random: () => random, base: 0.5, longest: 10 })
        expect(delay).toBeGreaterThanOrEqual(0.25)
        expect(delay).toBeLessThanOrEqual(10)
      }),
    )
  })
})
