import { FederateError } from '@federate/core'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Keeper } from './keeper.ts'
import { Loan } from './loan.ts'

const hour = 3_600_000
const minute = 60_000

beforeEach(() => void vi.useFakeTimers({ now: 0, toFake: ['setTimeout', 'clearTimeout', 'Date', 'hrtime'] }))
afterEach(() => void vi.useRealTimers())

/** A thousand services at one issuer, whose credentials live for an hour. */
function fleet() {
  const asked: number[] = []
  const world = { down: false }
  const outage = new FederateError({ code: 'AWAY', outcome: 'unreachable', problem: 'It is away.', next: 'Wait.' })
  const obtain = async () => {
    asked.push(Date.now())
    if (world.down) throw outage
    return { obtainedAt: Date.now(), value: { expiresAt: new Date(Date.now() + hour) } }
  }
  const loans = Array.from({ length: 1000 }, (_, number) => new Loan({ name: `${number}`, upstream: 'issuer', obtain }))
  const keeper = new Keeper()
  keeper.add(...loans)
  /** How often the upstream was asked in each ten seconds of a time. */
  const during = async (time: number) => {
    const from = Date.now()
    await vi.advanceTimersByTimeAsync(time)
    const counts = new Array<number>(time / 10_000).fill(0)
    for (const at of asked.splice(0)) {
      const index = Math.min(counts.length - 1, Math.floor((at - from) / 10_000))
      counts[index] = (counts[index] ?? 0) + 1
    }
    return { most: Math.max(...counts), mean: counts.reduce((sum, count) => sum + count, 0) / counts.length }
  }
  const dead = () => loans.filter(({ status: { state } }) => state === 'failed' || state === 'starting').length
  return { world, keeper, during, dead }
}

it('a thousand services ask evenly: at most twice the mean, also while their issuer is away and when it is back', async () => {
  const { world, keeper, during, dead } = fleet()
  const start = await during(minute)
  // Sixteen at once, then fifty a second.
  expect(start.most).toBeLessThanOrEqual(516)
  expect(dead()).toBe(0)
  await during(45 * minute)
  const steady = await during(40 * minute)
  // Each is renewed after 36 minutes on average.
  expect(steady.mean).toBeGreaterThan(4.2)
  expect(steady.mean).toBeLessThan(5.2)
  expect(steady.most / steady.mean).toBeLessThan(2)
  world.down = true
  const away = await during(10 * minute)
  expect(away.most / steady.mean).toBeLessThan(2)
  world.down = false
  const back = await during(30 * minute)
  expect(back.most / steady.mean).toBeLessThan(2)
  expect(dead()).toBe(0)
  keeper.stop()
}, 300_000)

it('a thousand services that an outage outlived are back within half a minute after the next try', async () => {
  const { world, keeper, during, dead } = fleet()
  await during(minute)
  world.down = true
  const away = await during(hour + 10 * minute)
  expect(dead()).toBe(1000)
  // One tries for all of them, every 7 to 15 seconds.
  expect(away.mean).toBeLessThan(3)
  world.down = false
  const back = await during(minute)
  expect(back.most).toBeLessThanOrEqual(516)
  expect(dead()).toBe(0)
  keeper.stop()
}, 300_000)
