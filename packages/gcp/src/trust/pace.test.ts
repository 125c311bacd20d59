import { describe, expect, it } from 'vitest'
import { WritePace } from './pace.ts'

describe('WritePace', () => {
  it('lets sixty writes a minute into a project, and holds back the next', async () => {
    let now = 1_000_000
    const slept: number[] = []
    const pace = new WritePace(
      () => now,
      async (seconds) => {
        slept.push(seconds)
        now += seconds * 1000
      },
    )
    const { signal } = new AbortController()
    for (let write = 0; write < 60; write++) await pace.wait('acme-prod', signal)
    await pace.wait('acme-test', signal)
    expect(slept).toEqual([])
    await pace.wait('acme-prod', signal)
    expect(slept).toEqual([60])
    await pace.wait('acme-prod', signal)
    expect(slept).toEqual([60])
  })
})
