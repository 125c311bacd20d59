import { describe, expect, it } from 'vitest'
import { clockAhead, clockSentence, endWithin, startStopwatch } from './clock.ts'
import { FakeClock, fakeAnswer } from './test-support.ts'

const clock = new FakeClock(Date.parse('2026-11-20T12:05:00Z'))

describe('clockAhead', () => {
  it.each([
    ['Fri, 20 Nov 2026 12:00:00 GMT', 300, "This host's clock is 5m ahead of the issuer's."],
    ['Fri, 20 Nov 2026 12:10:01 GMT', -301, "This host's clock is 5m1s behind the issuer's."],
    ['Fri, 20 Nov 2026 12:04:40 GMT', 20, undefined],
    ['nonsense', undefined, undefined],
  ])('against %s', (date, seconds, sentence) => {
    const ahead = clockAhead(fakeAnswer({ headers: { date } }), clock.now)
    expect(ahead).toBe(seconds)
    expect(clockSentence(ahead)).toBe(sentence)
  })
})

describe('startStopwatch', () => {
  it('believes the clock that counted more', () => {
    const wall = new FakeClock()
    const monotonic = new FakeClock(0)
    const elapsed = startStopwatch(wall.now, monotonic.now)
    wall.forward(10)
    expect(elapsed()).toBe(10)
    monotonic.forward(12)
    expect(elapsed()).toBe(12)
    wall.forward(-3600)
    expect(elapsed()).toBe(12)
  })

  it('never runs backwards', () => {
    const wall = new FakeClock()
    const elapsed = startStopwatch(wall.now, () => 0)
    wall.forward(-10)
    expect(elapsed()).toBe(0)
  })
})

describe('endWithin', () => {
  const sentAt = Date.UTC(2026, 10, 21, 12)
  it.each([
    ['the clocks agree', '2026-11-21T13:00:00Z', '2026-11-21T13:00:00Z'],
    ['less was given than asked for', '2026-11-21T12:30:00Z', '2026-11-21T12:30:00Z'],
    ['this clock is behind by a day', '2026-11-22T13:00:00Z', '2026-11-21T13:00:00Z'],
    ['this clock is ahead by an hour', '2026-11-21T12:00:00Z', '2026-11-21T12:00:00Z'],
  ])('when %s', (_, said, end) => {
    expect(endWithin(new Date(said), sentAt, 3600)).toEqual(new Date(end))
  })
})
