import { describe, expect, it } from 'vitest'
import { Pace } from './pace.ts'

function paced() {
  let time = 1_000_000
  const pace = new Pace({ monotonic: () => time, random: () => 1 })
  const forward = (seconds: number) => {
    time += seconds * 1000
  }
  /** How many renewals, each done at once, begin within a time. */
  const begunIn = (seconds: number, dead: boolean, average: number) => {
    let begun = 0
    for (let step = 0; step < seconds * 100; step += 1) {
      while (pace.wait(dead) <= 0) {
        pace.begin(dead, average)
        pace.end('renewed')
        begun += 1
      }
      forward(0.01)
    }
    return begun
  }
  return { pace, forward, begunIn }
}

describe('Pace', () => {
  it('spreads what lives at one and a half times the average rate', () => {
    // A thousand services whose credentials live for an hour need 0.46 renewals a second.
    const { begunIn } = paced()
    const average = 1000 / 2160
    expect(begunIn(60, false, average)).toBe(Math.ceil((60 + 0.1) * 1.5 * average))
    expect(begunIn(60, false, 28)).toBeLessThanOrEqual(60 * 28 * 1.5 + 5)
  })

  it('keeps nobody waiting for more than two seconds, however few they are', () => {
    const { pace } = paced()
    pace.begin(false, 1 / 2160)
    expect(pace.wait(false)).toBeCloseTo(1.9)
    expect(pace.wait(true)).toBe(0)
  })

  it('lets sixteen dead ones go at once, then fifty a second', () => {
    const { begunIn } = paced()
    expect(begunIn(0.01, true, 0)).toBe(16)
    expect(begunIn(10, true, 0)).toBe(500)
  })

  it('has sixteen under way at most', () => {
    const { pace, forward } = paced()
    for (let begun = 0; begun < 16; begun += 1) {
      pace.begin(true, 0)
      forward(1)
    }
    expect(pace.wait(true)).toBe(Number.POSITIVE_INFINITY)
    pace.end('refused')
    expect(pace.wait(true)).toBe(0)
  })

  it('tries an upstream that cannot be reached one by one, after 1, 2, 4, 8 and 15 seconds, until it is back', () => {
    const { pace, forward } = paced()
    // Sixteen that were under way are one failure.
    for (let begun = 0; begun < 16; begun += 1) pace.begin(true, 0)
    for (let ended = 0; ended < 16; ended += 1) expect(pace.end('unreachable')).toBe(false)
    const waits: number[] = []
    for (let tries = 0; tries < 6; tries += 1) {
      const wait = pace.wait(true)
      waits.push(wait)
      forward(wait)
      pace.begin(true, 0)
      expect(pace.wait(true)).toBe(Number.POSITIVE_INFINITY)
      pace.end('unreachable')
    }
    expect(waits).toEqual([1, 2, 4, 8, 15, 15])
    forward(15)
    pace.begin(true, 0)
    expect(pace.end('renewed')).toBe(true)
    expect(pace.wait(true)).toBe(0)
    pace.begin(true, 0)
    expect(pace.end('renewed')).toBe(false)
  })

  it('takes a refusal for a sign of life, and a wrong setting of this host for none', () => {
    const { pace } = paced()
    for (const renewal of ['unreachable', 'usage', 'failed'] as const) {
      pace.begin(true, 0)
      expect(pace.end(renewal)).toBe(false)
    }
    expect(pace.wait(true)).toBeGreaterThan(0)
    pace.begin(true, 0)
    expect(pace.end('refused')).toBe(true)
  })
})
