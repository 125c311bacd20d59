import { describe, expect, it } from 'vitest'
import { errorOf } from '../test-support.ts'
import { SharedWork } from './shared-work.ts'
import { timedOut } from './timed-out.ts'

function work(timeout = 60) {
  const state: { signal?: AbortSignal; resolve: (value: string) => void } = { resolve: () => {} }
  const result = new Promise<string>((resolve) => {
    state.resolve = resolve
  })
  const run = (signal: AbortSignal) => {
    state.signal = signal
    return result
  }
  const shared = new SharedWork<string>(run, timeout, () => timedOut({ prefix: 'TOKEN', name: 'The token' }, timeout))
  return { shared, state }
}

/** Lets the work begin. */
const begun = () => new Promise((resolve) => setImmediate(resolve))

describe('SharedWork', () => {
  it('gives all who wait the same result', async () => {
    const { shared, state } = work()
    const both = Promise.all([shared.join(), shared.join()])
    state.resolve('token')
    expect(await both).toEqual(['token', 'token'])
  })

  it('goes on while somebody waits', async () => {
    const { shared, state } = work()
    const impatient = new AbortController()
    const left = shared.join(impatient.signal)
    const stayed = shared.join()
    await begun()
    impatient.abort('gone')
    await expect(left).rejects.toBe('gone')
    expect(state.signal?.aborted).toBe(false)
    state.resolve('token')
    expect(await stayed).toBe('token')
  })

  it('ends when the last one leaves, and must not be joined then', async () => {
    const { shared, state } = work()
    const [first, second] = [new AbortController(), new AbortController()]
    const waits = [shared.join(first.signal), shared.join(second.signal)]
    await begun()
    first.abort('one')
    second.abort('two')
    await Promise.allSettled(waits)
    expect(state.signal?.aborted).toBe(true)
    expect(shared.abandoned).toBe(true)
  })

  it('goes on without anybody when it is held', async () => {
    const { shared, state } = work()
    const result = shared.hold()
    const caller = new AbortController()
    const left = shared.join(caller.signal)
    await begun()
    caller.abort('gone')
    await expect(left).rejects.toBe('gone')
    expect(state.signal?.aborted).toBe(false)
    state.resolve('token')
    expect(await result).toBe('token')
  })

  it('ends when its time is over', async () => {
    const { shared, state } = work(0.001)
    const error = await errorOf(() => shared.join())
    expect(error).toMatchObject({ code: 'TOKEN_TIMEOUT', outcome: 'unreachable' })
    expect(error.problem).toContain('within 0.001 s')
    expect(state.signal?.aborted).toBe(true)
  })
})
