import { describe, expect, it } from 'vitest'
import { errorOf } from '../test-support.ts'
import { deferred, settle, setupFreshness } from './freshness-test-support.ts'
import { Token } from './token.ts'

describe('keepFresh: windows', () => {
  it('returns the kept token until the soft margin', async () => {
    const { get, forward, requests } = setupFreshness()
    expect(await get()).toBe('t1')
    forward(240)
    expect(await get()).toBe('t1')
    await settle()
    expect(requests).toHaveLength(1)
  })

  it('refreshes in the background within the soft margin, once, and returns the old token at once', async () => {
    const { get, forward, requests, state, clock } = setupFreshness()
    await get()
    forward(241)
    const work = deferred()
    state.answer = () => work.promise
    expect(await Promise.all([get(), get(), get()])).toEqual(['t1', 't1', 't1'])
    expect(requests).toHaveLength(2)
    work.resolve(new Token('new', new Date(clock.now() + 300_000)))
    await settle()
    expect(await get()).toBe('new')
    expect(requests).toHaveLength(2)
  })

  it('lets callers wait within the hard margin, with one fetch for all', async () => {
    const { get, forward, requests } = setupFreshness()
    await get()
    forward(291)
    expect(await Promise.all([get(), get()])).toEqual(['t2', 't2'])
    expect(requests).toHaveLength(2)
  })

  it('lets them join the background refresh', async () => {
    const { get, forward, requests, state, clock } = setupFreshness()
    await get()
    forward(250)
    const work = deferred()
    state.answer = () => work.promise
    await get()
    forward(45)
    const waiting = get()
    work.resolve(new Token('new', new Date(clock.now() + 300_000)))
    expect(await waiting).toBe('new')
    expect(requests).toHaveLength(2)
  })

  it('believes the monotonic clock when the other is set back, and the other when the machine slept', async () => {
    const back = setupFreshness()
    await back.get()
    back.clock.forward(-3600)
    back.monotonic.forward(295)
    expect(await back.get()).toBe('t2')

    const slept = setupFreshness()
    await slept.get()
    slept.clock.forward(3600)
    expect(await slept.get()).toBe('t2')
  })
})

describe('keepFresh: requests', () => {
  it('keeps one token per audience and set of scopes', async () => {
    const { get, requests } = setupFreshness()
    expect(await get({ audience: 'a', scope: ['x', 'y'] })).toBe('t1')
    expect(await get({ audience: 'a', scope: ['y', 'x', 'x'] })).toBe('t1')
    expect(await get({ audience: 'a' })).toBe('t2')
    expect(await get({ audience: 'b', scope: ['x', 'y'] })).toBe('t3')
    expect(await get()).toBe('t4')
    expect(requests.map(({ audience, scope }) => [audience, scope])).toEqual([
      ['a', ['x', 'y']],
      ['a', []],
      ['b', ['x', 'y']],
      [undefined, []],
    ])
  })

  it('forgets the least recently used beyond its limit', async () => {
    const { get, requests } = setupFreshness({ maximumTokens: 2 })
    await get({ audience: 'a' })
    await get({ audience: 'b' })
    await get({ audience: 'a' })
    await get({ audience: 'c' })
    await get({ audience: 'a' })
    expect(requests).toHaveLength(3)
    await get({ audience: 'b' })
    expect(requests).toHaveLength(4)
  })

  it('honours forceRefresh and hands it on', async () => {
    const { get, requests } = setupFreshness()
    await get()
    expect(await get({ forceRefresh: true })).toBe('t2')
    expect(requests[1]).toMatchObject({ forceRefresh: true })
  })

  it('honours minValidity', async () => {
    const { get, forward } = setupFreshness()
    await get()
    forward(100)
    expect(await get({ minValidity: 199 })).toBe('t1')
    expect(await get({ minValidity: 201 })).toBe('t2')
  })

  it('says when even a new token does not live long enough', async () => {
    const { source } = setupFreshness()
    const error = await errorOf(() => source.getToken({ minValidity: 600 }))
    expect(error).toMatchObject({ code: 'TOKEN_LIFETIME_TOO_SHORT', outcome: 'failed' })
    expect(error.problem).toBe('The token could be had for 300 s only, where at least 600 s were asked for.')
  })

  it('does nothing for a caller who is gone', async () => {
    const { source, requests } = setupFreshness()
    await expect(source.getToken({ signal: AbortSignal.abort('gone') })).rejects.toBe('gone')
    expect(requests).toHaveLength(0)
  })
})
