import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDuration, parseDuration } from './duration.ts'
import { FederateError } from './errors.ts'

describe('parseDuration', () => {
  it.each([
    ['1h', 3600],
    ['15m', 900],
    ['3600s', 3600],
    ['1h30m', 5400],
    ['1h0m5s', 3605],
    ['90m', 5400],
  ])('reads %s', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds)
  })

  it.each([
    '',
    '1',
    'h',
    '1h 30m',
    '30m1h',
    '1.5h',
    '-1h',
    '1H',
    '1d',
    '1h1h',
    '0s',
    '0h0m',
    '99999999999999999h',
    '１h',
  ])('refuses "%s"', (text) => {
    expect(() => parseDuration(text)).toThrow(
      expect.objectContaining({
        code: 'DURATION_INVALID',
        outcome: 'usage',
        problem: expect.stringContaining(`"${text}"`),
      }),
    )
  })

  it('proposes the unit that is missing', () => {
    expect(() => parseDuration('3600')).toThrow('For seconds, write 3600s.')
  })

  it('reads what formatDuration writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), (length) => parseDuration(formatDuration(length)) === length),
    )
  })

  it('adds up its parts', () => {
    const part = fc.integer({ min: 0, max: 100_000 })
    fc.assert(
      fc.property(part, part, part, (hours, minutes, seconds) => {
        fc.pre(hours + minutes + seconds > 0)
        expect(parseDuration(`${hours}h${minutes}m${seconds}s`)).toBe(hours * 3600 + minutes * 60 + seconds)
      }),
    )
  })

  it('either reads a positive number or throws its own error', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9hms]{0,8}$/)), (text) => {
        try {
          expect(parseDuration(text)).toBeGreaterThan(0)
        } catch (error) {
          expect(error).toBeInstanceOf(FederateError)
        }
      }),
    )
  })
})

describe('formatDuration', () => {
  it.each([
    [0, '0s'],
    [303, '5m3s'],
    [3600, '1h'],
    [3661.4, '1h1m1s'],
  ])('writes %d', (length, text) => {
    expect(formatDuration(length)).toBe(text)
  })
})
