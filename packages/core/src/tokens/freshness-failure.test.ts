import { describe, expect, it, vi } from 'vitest'
import { errorOf } from '../test-support.ts'
import { deferred, down, settle, setupFreshness } from './freshness-test-support.ts'
import { Token } from './token.ts'

describe('keepFresh: abort', () => {
  it('rejects only the caller who left', async () => {
    const { get, state, requests, clock } = setupFreshness()
    const work = deferred()
    state.answer = () => work.promise
    const impatient = new AbortController()
    const left = get({ signal: impatient.signal })
    const stayed = get()
    await settle()
    impatient.abort('gone')
    await expect(left).rejects.toBe('gone')
    expect(requests[0]?.signal?.aborted).toBe(false)
    work.resolve(new Token('shared', new Date(clock.now() + 300_000)))
    expect(await stayed).toBe('shared')
  })

  it('ends the fetch when the last one left, counts that as no failure, and starts anew for the next', async () => {
    const { get, state, requests, clock, events } = setupFreshness()
    state.answer = () => new Promise(() => {})
    const impatient = new AbortController()
    const left = get({ signal: impatient.signal })
    await settle()
    impatient.abort('gone')
    await expect(left).rejects.toBe('gone')
    expect(requests[0]?.signal?.aborted).toBe(true)
    state.answer = async () => new Token('next', new Date(clock.now() + 300_000))
    expect(await get()).toBe('next')
    expect(events.map(({ type }) => type)).toEqual(['fetching', 'fetching', 'fetched'])
  })

  it('gives a fetch up after its time', async () => {
    vi.useFakeTimers()
    try {
      const { source, state } = setupFreshness({ timeout: 60 })
      state.answer = () => new Promise(() => {})
      const failing = errorOf(() => source.getToken())
      await vi.advanceTimersByTimeAsync(60_000)
      expect((await failing).code).toBe('TOKEN_TIMEOUT')
      state.answer = async () => new Token('next', new Date(Date.parse('2027-01-01')))
      expect((await source.getToken()).reveal()).toBe('next')
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('keepFresh: failures', () => {
  it('serves the old token while it lives, and spaces its tries', async () => {
    const { get, forward, state, requests, warnings, events } = setupFreshness()
    await get()
    forward(241)
    state.answer = () => Promise.reject(down())
    expect(await get()).toBe('t1')
    await settle()
    expect(requests).toHaveLength(2)
    expect(warnings).toEqual([
      'The issuer is down. The old one is used until 2026-11-20T12:05:00.000Z; next try in 1 s.',
    ])
    await get()
    await settle()
    expect(requests).toHaveLength(2)
    forward(1)
    await get()
    await settle()
    expect(requests).toHaveLength(3)
    expect(events.filter(({ type }) => type === 'failed')).toMatchObject([
      { failures: 1, oldTokenLives: true },
      { failures: 2, oldTokenLives: true },
    ])
  })

  it('serves it to those who wait, too, until it has expired', async () => {
    const { get, source, forward, state } = setupFreshness()
    await get()
    state.answer = () => Promise.reject(down())
    forward(295)
    expect(await get()).toBe('t1')
    expect(await get()).toBe('t1')
    forward(5)
    expect((await errorOf(() => source.getToken())).code).toBe('DOWN')
  })

  it('never serves it against forceRefresh or minValidity', async () => {
    const { get, source, state } = setupFreshness()
    await get()
    state.answer = () => Promise.reject(down())
    expect((await errorOf(() => source.getToken({ forceRefresh: true }))).code).toBe('DOWN')
    expect((await errorOf(() => source.getToken({ minValidity: 301 }))).code).toBe('DOWN')
  })

  it('leaves the server alone for as long as it asked', async () => {
    const { get, forward, state, requests } = setupFreshness()
    await get()
    forward(241)
    state.answer = () => Promise.reject(down({ retryAfter: 30 }))
    await get()
    await settle()
    forward(29)
    await get()
    await settle()
    expect(requests).toHaveLength(2)
    forward(1)
    await get()
    await settle()
    expect(requests).toHaveLength(3)
  })

  it('throws the last error without asking while the server wants to be left alone and no token lives', async () => {
    const { source, forward, state, requests, get } = setupFreshness()
    state.answer = () => Promise.reject(down({ retryAfter: 30 }))
    await errorOf(() => source.getToken())
    expect((await errorOf(() => source.getToken())).code).toBe('DOWN')
    expect(requests).toHaveLength(1)
    forward(30)
    state.answer = async () => new Token('back', new Date(Date.parse('2027-01-01')))
    expect(await get()).toBe('back')
  })

  it('takes a source that throws at once like one that rejects', async () => {
    const { source, state, get } = setupFreshness()
    state.answer = () => {
      throw down()
    }
    expect((await errorOf(() => source.getToken())).code).toBe('DOWN')
    state.answer = async () => new Token('next', new Date(Date.parse('2027-01-01')))
    expect(await get()).toBe('next')
  })

  it('tries at every call otherwise when no token lives', async () => {
    const { source, state, requests } = setupFreshness()
    state.answer = () => Promise.reject(down())
    await errorOf(() => source.getToken())
    await errorOf(() => source.getToken())
    expect(requests).toHaveLength(2)
  })

  it('forgets failures once a token came', async () => {
    const { get, forward, state, events, clock } = setupFreshness()
    await get()
    forward(250)
    state.answer = () => Promise.reject(down())
    await get()
    await settle()
    forward(2)
    state.answer = async () => new Token('new', new Date(clock.now() + 300_000))
    await get()
    await settle()
    expect(await get()).toBe('new')
    expect(events.map(({ type }) => type)).toEqual(['fetching', 'fetched', 'fetching', 'failed', 'fetching', 'fetched'])
  })

  it('tells of tokens without giving them away', async () => {
    const { get, events } = setupFreshness()
    await get({ audience: 'a' })
    expect(events[1]).toEqual({
      type: 'fetched',
      audience: 'a',
      scope: [],
      expiresAt: new Date('2026-11-20T12:05:00Z'),
      fingerprint: new Token('t1', new Date()).fingerprint,
    })
  })
})
