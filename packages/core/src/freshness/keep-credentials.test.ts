import { describe, expect, it } from 'vitest'
import { errorOf, FakeClock } from '../test-support.ts'
import { keepCredentials } from './keep-credentials.ts'

function setup() {
  const clock = new FakeClock()
  const monotonic = new FakeClock(0)
  const warnings: string[] = []
  const state = { exchanges: 0, fail: undefined as Error | undefined, lifetime: 3600 }
  const get = keepCredentials(
    async () => {
      state.exchanges += 1
      if (state.fail !== undefined) throw state.fail
      return { key: state.exchanges, expiresAt: new Date(clock.now() + state.lifetime * 1000) }
    },
    { now: clock.now, monotonic: monotonic.now, random: () => 0, warn: (message) => warnings.push(message) },
  )
  const forward = (seconds: number) => {
    clock.forward(seconds)
    monotonic.forward(seconds)
  }
  return { get, state, forward, warnings }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('keepCredentials', () => {
  it('makes one exchange for a hundred callers', async () => {
    const { get, state } = setup()
    const all = await Promise.all(Array.from({ length: 100 }, () => get()))
    expect(new Set(all).size).toBe(1)
    expect(state.exchanges).toBe(1)
  })

  it('keeps also what lives for five minutes', async () => {
    const { get, state, forward } = setup()
    state.lifetime = 300
    await get()
    forward(200)
    expect((await get()).key).toBe(1)
    forward(45)
    expect((await get()).key).toBe(1)
    await settled()
    expect((await get()).key).toBe(2)
  })

  it('serves what still lives while the exchange fails, and says so', async () => {
    const { get, state, forward, warnings } = setup()
    await get()
    state.fail = new Error('no')
    forward(3595)
    expect((await get()).key).toBe(1)
    expect(warnings).toEqual([
      expect.stringMatching(
        /^The credentials could not be refreshed\. The old one is used until .*; next try in 1 s\.$/,
      ),
    ])
    forward(10)
    await expect(get()).rejects.toBe(state.fail)
  })

  it('says that new ones are too short-lived for what was asked', async () => {
    const { get } = setup()
    const error = await errorOf(() => get({ minValidity: 7200 }))
    expect(error).toMatchObject({ code: 'CREDENTIALS_LIFETIME_TOO_SHORT', outcome: 'failed' })
    expect(error.problem).toBe('The credentials could be had for 3600 s only, where at least 7200 s were asked for.')
  })
})
