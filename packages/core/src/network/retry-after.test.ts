import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseRetryAfter } from './retry-after.ts'

const reference = new Date('2026-11-20T12:00:00Z')

describe('parseRetryAfter', () => {
  it.each([
    ['120', 120],
    [' 0 ', 0],
    ['Fri, 20 Nov 2026 12:01:30 GMT', 90],
    ['Fri, 20 Nov 2026 11:00:00 GMT', 0],
    [undefined, undefined],
    ['', undefined],
    ['soon', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['1e3', undefined],
    ['2026', 2026],
    ['Monday', undefined],
    ['99999999999', undefined],
  ])('reads "%s"', (header, seconds) => {
    expect(parseRetryAfter(header, reference)).toBe(seconds)
  })

  it('reads every date as the seconds from the reference', () => {
    const date = fc.date({ min: reference, max: new Date('2099-01-01'), noInvalidDate: true })
    fc.assert(
      fc.property(date, (when) => {
        const whole = Math.floor(when.getTime() / 1000) * 1000
        expect(parseRetryAfter(when.toUTCString(), reference)).toBe(Math.max(0, (whole - reference.getTime()) / 1000))
      }),
    )
  })

  it('never gives a negative number or NaN', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        expect(parseRetryAfter(header, reference) ?? 0).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})
