import type { Fetch } from '@federate/core'
import { applyPlan, hasChanges } from '@federate/core/plan'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clearTenant, storedIn } from './stored.ts'
import { byApplication, byIdentity, signal, startWorld, type Wanted, type World } from './world.ts'

let world: World
let wanted: Wanted
const tenant = () => world.sandbox.azure.tenant(byApplication.tenant)

beforeAll(async () => {
  world = await startWorld(['billing', 'reporting'])
  wanted = await world.wanted({ billing: byApplication, reporting: byIdentity })
})

afterAll(() => world.sandbox.close())

/** Calls `stop` at the write of this number: when it has been answered, or when it is on its way. */
function stoppingAt(write: number, moment: 'answered' | 'on its way', stop: () => void): Fetch {
  let writes = 0
  return async (url, init) => {
    const isThisOne = /^(PUT|PATCH)$/.test(init.method) && ++writes === write
    const answer = world.context.fetch(url, init)
    if (isThisOne && moment === 'on its way') stop()
    await answer
    if (isThisOne) stop()
    return answer
  }
}

describe('a setup', () => {
  // A process that is killed has no more time for what is under way than one whose requests are cut off.
  it.each([
    ['stopped', 'answered'],
    ['cut off', 'on its way'],
    ['cut off', 'answered'],
  ] as const)('%s at any write, when that is %s, leaves what another run completes', async (how, moment) => {
    clearTenant(tenant())
    const writes = (await world.setUp(wanted)).length
    const complete = storedIn(tenant())
    expect(writes).toBe(7)
    for (let write = 1; write <= writes; write += 1) {
      clearTenant(tenant())
      const stop = new AbortController()
      const plan = await world.plan(wanted, { fetch: stoppingAt(write, moment, () => stop.abort()) })
      // One at a time, so that it is known what has not begun.
      const more = how === 'stopped' ? { concurrency: 1 } : { abort: stop.signal }
      const ended = await applyPlan(plan, { signal: stop.signal, ...more }).then(
        () => 'done',
        (error: { code?: string }) => error.code,
      )
      const stopped = write < writes ? 'APPLY_INTERRUPTED' : 'done'
      expect(ended, `${how} at write ${write}`).toBe(how === 'stopped' ? stopped : 'APPLY_FAILED')
      await world.setUp(wanted)
      expect(storedIn(tenant())).toEqual(complete)
      expect(hasChanges(await world.plan(wanted))).toBe(false)
    }
    expect(signal.aborted).toBe(false)
  })
})
