import { describe, expect, it } from 'vitest'
import { FederateError } from '../errors.ts'
import { FakeClock } from '../test-support.ts'
import { withRetries } from './retry.ts'

function failure(details: Record<string, unknown>): FederateError {
  return new FederateError({ code: 'X', outcome: 'unreachable', problem: 'No.', next: 'Wait.', details })
}

function setup(error: unknown, attemptSeconds = 0) {
  const clock = new FakeClock()
  const delays: number[] = []
  let tries = 0
  const attempt = async () => {
    tries += 1
    clock.forward(attemptSeconds)
    throw error
  }
  const options = {
    now: clock.now,
    random: () => 1,
    sleep: async (time: number) => {
      delays.push(time)
      clock.forward(time)
    },
  }
  return { run: () => withRetries(attempt, options), delays, tries: () => tries }
}

describe('withRetries', () => {
  it('tries three times, with growing delays, and throws the last error', async () => {
    const error = failure({ transient: true })
    const { run, delays, tries } = setup(error)
    await expect(run()).rejects.toBe(error)
    expect(tries()).toBe(3)
    expect(delays).toEqual([0.5, 1])
  })

  it('waits as long as the server asked', async () => {
    const { run, delays } = setup(failure({ transient: true, retryAfter: 7 }))
    await expect(run()).rejects.toThrow()
    expect(delays).toEqual([7, 7])
  })

  it.each([
    ['the server asks for more than one waits', failure({ transient: true, retryAfter: 11 })],
    ['it is not transient', failure({ transient: false })],
    ['nobody says that it is', failure({})],
    ['it is not ours', new Error('x')],
  ])('gives up at once when %s', async (_, error) => {
    const { run, tries } = setup(error)
    await expect(run()).rejects.toBe(error)
    expect(tries()).toBe(1)
  })

  it('does not go on for longer than half a minute', async () => {
    const { run, tries } = setup(failure({ transient: true }), 20)
    await expect(run()).rejects.toThrow()
    expect(tries()).toBe(2)
  })

  it('gives what comes at last', async () => {
    let tries = 0
    const attempt = async () => {
      tries += 1
      if (tries < 3) throw failure({ transient: true })
      return 'here'
    }
    await expect(withRetries(attempt, { now: () => 0, random: () => 0, sleep: async () => {} })).resolves.toBe('here')
  })
})
