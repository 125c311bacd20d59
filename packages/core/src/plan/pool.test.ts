import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mapLimited } from './pool.ts'

describe('mapLimited', () => {
  it('gives every result in the order of the items, and never does more at a time than it may', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(3)), fc.integer({ min: 1, max: 5 }), async (turns, limit) => {
        let [running, most] = [0, 0]
        const results = await mapLimited([...turns.entries()], limit, async ([index, count]) => {
          running += 1
          most = Math.max(most, running)
          for (let passed = 0; passed < count; passed += 1) await turn()
          running -= 1
          return index
        })
        expect(results).toEqual([...turns.keys()])
        expect(most).toBeLessThanOrEqual(limit)
      }),
    )
  })

  it('starts nothing more after a failure, and fails with it', async () => {
    const started: number[] = []
    const failing = mapLimited([1, 2, 3], 1, async (item) => {
      started.push(item)
      if (item === 2) throw new Error('the second')
    })
    await expect(failing).rejects.toThrow('the second')
    expect(started).toEqual([1, 2])
  })
})
