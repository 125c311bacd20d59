import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { orAborted, withDeadline, withSignals } from './abort.ts'
import { sleep } from './sleep.ts'

const forever = new Promise<never>(() => {})
const tooLate = () => new Error('too late')

describe('orAborted', () => {
  it('gives the result, and the failure', async () => {
    const { signal } = new AbortController()
    await expect(orAborted(Promise.resolve(1), signal)).resolves.toBe(1)
    await expect(orAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no')
  })

  it('rejects with the reason, before and while waiting', async () => {
    await expect(orAborted(forever, AbortSignal.abort('gone'))).rejects.toBe('gone')
    const controller = new AbortController()
    const waiting = orAborted(forever, controller.signal)
    controller.abort('gone')
    await expect(waiting).rejects.toBe('gone')
  })
})

describe('withDeadline', () => {
  it('aborts the work and rejects when the time is over, even if the work does not listen', async () => {
    let seen: AbortSignal | undefined
    const work = (signal: AbortSignal) => {
      seen = signal
      return forever
    }
    await expect(withDeadline(work, { timeout: 0.001, reason: tooLate })).rejects.toThrow('too late')
    expect(seen?.aborted).toBe(true)
  })

  it('hands on the abort of the caller', async () => {
    const controller = new AbortController()
    const waiting = withDeadline(() => forever, { signal: controller.signal, timeout: 60, reason: tooLate })
    controller.abort('gone')
    await expect(waiting).rejects.toBe('gone')
  })

  it('does not start for a caller who is gone', async () => {
    let started = false
    const work = async () => {
      started = true
    }
    await expect(withDeadline(work, { signal: AbortSignal.abort('gone'), timeout: 60, reason: tooLate })).rejects.toBe(
      'gone',
    )
    expect(started).toBe(false)
  })
})

describe('sleep', () => {
  it('ends, or rejects when aborted', async () => {
    await expect(sleep(0.001)).resolves.toBeUndefined()
    const controller = new AbortController()
    const sleeping = sleep(3600, controller.signal)
    controller.abort('gone')
    await expect(sleeping).rejects.toBe('gone')
  })
})

describe('withSignals', () => {
  it('aborts the work with the reason of the first that is aborted, and listens no longer', async () => {
    const [long, short] = [new AbortController(), new AbortController()]
    const work = withSignals([long.signal, short.signal], (signal) => orAborted(forever, signal))
    short.abort('gone')
    await expect(work).rejects.toBe('gone')
    expect(getEventListeners(long.signal, 'abort')).toEqual([])
    await expect(withSignals([long.signal, short.signal], async (signal) => signal.throwIfAborted())).rejects.toBe(
      'gone',
    )
    expect(await withSignals([long.signal], async (signal) => signal.aborted)).toBe(false)
    expect(getEventListeners(long.signal, 'abort')).toEqual([])
  })
})
