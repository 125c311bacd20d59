import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { freshnessMargins } from './margins.ts'

describe('freshnessMargins', () => {
  it.each([
    [300, 48, 60, 10],
    [1200, 192, 240, 10],
    [60, 24, 30, 6],
    [30, 12, 15, 3],
  ])('for %d seconds', (lifetime, least, most, hard) => {
    expect(freshnessMargins(lifetime, () => 1)).toEqual({ soft: least, hard })
    expect(freshnessMargins(lifetime, () => 0)).toEqual({ soft: most, hard })
  })

  it('leaves every token at least half of its lifetime, and the hard margin inside the soft one', () => {
    const lifetimes = fc.double({ min: 0.001, max: 1e8, noNaN: true })
    fc.assert(
      fc.property(lifetimes, fc.double({ min: 0, max: 1, noNaN: true }), (lifetime, random) => {
        const { soft, hard } = freshnessMargins(lifetime, () => random)
        expect(soft).toBeLessThanOrEqual(lifetime / 2)
        expect(hard).toBeLessThan(soft)
        expect(hard).toBeGreaterThan(0)
      }),
    )
  })
})
