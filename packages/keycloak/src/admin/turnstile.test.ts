import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Turnstile } from './turnstile.ts'

describe('a turnstile', () => {
  it('never lets more through at a time, keeps their order, and nobody is forgotten, whoever fails', async () => {
    const work = fc.array(fc.record({ turns: fc.integer({ min: 1, max: 3 }), fails: fc.boolean() }), { maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), work, async (places, tasks) => {
        const turnstile = new Turnstile(places)
        const started: number[] = []
        let [inside, most] = [0, 0]
        const run = (index: number) =>
          turnstile.pass(async () => {
            started.push(index)
            inside += 1
            most = Math.max(most, inside)
            for (let count = 0; count < (tasks[index]?.turns ?? 0); count += 1) await turn()
            inside -= 1
            if (tasks[index]?.fails === true) throw new Error(`${index}`)
          })
        const results = await Promise.allSettled(tasks.map((_, index) => run(index)))
        expect(results.map(({ status }) => status === 'rejected')).toEqual(tasks.map(({ fails }) => fails))
        expect(started).toEqual(tasks.map((_, index) => index))
        expect(most).toBe(Math.min(places, tasks.length))
      }),
    )
  })
})
