import { describe, expect, it } from 'vitest'
import { FederateError } from '../errors.ts'
import { applyPlan, type ProgressEvent } from './apply.ts'
import { ApplyError } from './apply-error.ts'
import { MemoryWorld } from './memory-world.test-kit.ts'
import { makeDestroyPlan, makePlan, type Plan } from './plan.ts'
import type { Resource } from './resource.ts'

const signal = new AbortController().signal

function plan(resources: readonly Resource[], more = {}): Promise<Plan> {
  return makePlan({ owner: 'acme', resources, found: [], signal, ...more })
}

async function failureOf(work: Promise<unknown>): Promise<ApplyError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof ApplyError) return error
  throw new Error(`expected an ApplyError, got ${String(error)}`)
}

describe('applyPlan', () => {
  it('writes in dependency order and leaves nothing to do', async () => {
    const world = new MemoryWorld('acme')
    const wishes = [world.wish('role', 1, { dependsOn: ['provider'] }), world.wish('provider', 1)]
    await applyPlan(await plan(wishes), { signal })
    expect(world.log).toEqual(['create provider', 'create role'])
    const again = await plan(wishes)
    expect(again.work.map(({ step }) => step.action)).toEqual(['none', 'none'])
  })

  it('deletes dependents before what they need', async () => {
    const world = new MemoryWorld('acme')
    world.things.set('provider', { owner: 'acme', value: 1 })
    world.things.set('role', { owner: 'acme', value: 1 })
    const found = [world.wish('provider', 1), world.wish('role', 1, { dependsOn: ['provider'] })]
    await applyPlan(await makeDestroyPlan({ owner: 'acme', found, signal }), { signal })
    expect(world.log).toEqual(['delete role', 'delete provider'])
    expect(world.things.size).toBe(0)
  })

  it('deletes what is no longer wanted after the change by which it is no longer needed', async () => {
    const world = new MemoryWorld('acme')
    world.things.set('provider', { owner: 'acme', value: 1 })
    world.things.set('role', { owner: 'acme', value: 'of the provider' })
    const wishes = [world.wish('role', 'of nobody', { dependsOn: ['provider'] })]
    await applyPlan(await plan(wishes, { found: [world.wish('provider', 1)], prune: true }), { signal })
    expect(world.log).toEqual(['update role', 'delete provider'])
  })

  it('does nothing at all when one object is blocked', async () => {
    const world = new MemoryWorld('acme')
    world.things.set('b', { value: 1 })
    await expect(applyPlan(await plan([world.wish('a', 1), world.wish('b', 1)]), { signal })).rejects.toMatchObject({
      code: 'PLAN_BLOCKED',
      message:
        '1 object(s) of the plan may not be changed, so nothing was done. b: It exists and bears no mark of federate, so it is left alone. Take it over with `--adopt b`, or choose another name in federate.yaml.',
    })
    expect(world.log).toEqual([])
  })

  it('tells what was done, what failed and what was not started, and another run continues', async () => {
    const world = new MemoryWorld('acme')
    const wishes = [
      world.wish('a', 1),
      world.wish('b', 1, { dependsOn: ['a'] }),
      world.wish('c', 1, { dependsOn: ['b'] }),
    ]
    const denied = new FederateError({
      code: 'AWS_ACCESS_DENIED',
      outcome: 'refused',
      problem: 'iam:CreateRole was denied.',
      next: 'Allow it.',
    })
    world.beforeWrite = async (address) => {
      if (address === 'b') throw denied
    }
    const error = await failureOf(applyPlan(await plan(wishes), { signal }))
    expect(error.code).toBe('APPLY_FAILED')
    expect(error.outcome).toBe('refused')
    expect(error.message).toBe(
      'thing b (b) could not be brought to its planned state (AWS_ACCESS_DENIED): iam:CreateRole was denied. Done: a. Failed: b. Not started: c. Allow it. What was done stays done: the same command continues from there.',
    )
    expect(error.cause).toBe(denied)
    world.beforeWrite = async () => {}
    await applyPlan(await plan(wishes), { signal })
    expect(world.log).toEqual(['create a', 'create b', 'create c'])
  })

  it('names every step that failed side by side, in the order of the plan', async () => {
    const world = new MemoryWorld('acme')
    world.beforeWrite = async (address) => {
      if (address === 'a') await new Promise((resolve) => setImmediate(resolve))
      throw new Error(`no ${address}`)
    }
    const error = await failureOf(applyPlan(await plan([world.wish('a', 1), world.wish('b', 1)]), { signal }))
    expect(error.failed.map((step) => step.address)).toEqual(['a', 'b'])
    expect(error.problem).toBe(
      'thing a (a) could not be brought to its planned state: no a Done: nothing. Failed: a, b. Not started: nothing.',
    )
  })

  it('writes nothing over what somebody changed in the meantime', async () => {
    const world = new MemoryWorld('acme')
    world.things.set('a', { owner: 'acme', value: 1 })
    const made = await plan([world.wish('a', 2)])
    world.things.set('a', { owner: 'acme', value: 7 })
    const error = await failureOf(applyPlan(made, { signal }))
    expect(error.cause).toMatchObject({ code: 'PLAN_CHANGED' })
    expect(error.problem).toContain(
      'thing a (a) is no longer as the plan saw it: somebody changed it between plan and apply. It was left as it is.',
    )
    expect(world.things.get('a')).toEqual({ owner: 'acme', value: 7 })
  })

  it('creates nothing where something unmarked appeared in the meantime', async () => {
    const world = new MemoryWorld('acme')
    const made = await plan([world.wish('a', 2)])
    world.things.set('a', { value: 2 })
    const error = await failureOf(applyPlan(made, { signal }))
    expect(error.cause).toMatchObject({ code: 'PLAN_CHANGED' })
    expect(world.log).toEqual([])
  })

  it('deletes nothing that was changed in the meantime', async () => {
    const world = new MemoryWorld('acme')
    world.things.set('a', { owner: 'acme', value: 1 })
    const made = await makeDestroyPlan({ owner: 'acme', found: [world.wish('a', 1)], signal })
    world.things.set('a', { owner: 'acme', value: 2 })
    const error = await failureOf(applyPlan(made, { signal }))
    expect(error.cause).toMatchObject({ code: 'PLAN_CHANGED' })
    expect(world.things.size).toBe(1)
  })

  it("deletes and changes nothing that became somebody else's in the meantime", async () => {
    const world = new MemoryWorld('acme')
    world.things.set('a', { owner: 'acme', value: 1 })
    world.things.set('b', { owner: 'acme', value: 1 })
    const destroy = await makeDestroyPlan({ owner: 'acme', found: [world.wish('a', 1)], signal })
    const update = await plan([world.wish('b', 2)])
    world.things.set('a', { owner: 'others', value: 1 })
    world.things.set('b', { owner: 'others', value: 1 })
    for (const made of [destroy, update]) {
      const error = await failureOf(applyPlan(made, { signal }))
      expect(error.cause).toMatchObject({ code: 'PLAN_CHANGED' })
    }
    expect(world.log).toEqual([])
  })

  it('counts as done what an earlier run did in the meantime', async () => {
    const world = new MemoryWorld('acme')
    const made = await plan([world.wish('a', 1)])
    world.things.set('a', { owner: 'acme', value: 1 })
    const events: ProgressEvent[] = []
    await applyPlan(made, { signal, onProgress: (event) => events.push(event) })
    expect(events.at(-1)).toMatchObject({ kind: 'finished', already: true })
    expect(world.log).toEqual([])
  })

  it('finishes the write under way when interrupted, and starts no other', async () => {
    const world = new MemoryWorld('acme')
    const interrupt = new AbortController()
    world.beforeWrite = async () => interrupt.abort()
    const wishes = [world.wish('a', 1), world.wish('b', 1, { dependsOn: ['a'] })]
    const error = await failureOf(applyPlan(await plan(wishes), { signal: interrupt.signal }))
    expect(error.message).toBe(
      'Interrupted. Done: a. Not started: b. Run the same command again: it continues where this one stopped.',
    )
    expect(world.log).toEqual(['create a'])
  })

  it('runs independent writes side by side up to the limit, but one at a time in a lane', async () => {
    const world = new MemoryWorld('acme')
    let running = 0
    let most = 0
    world.beforeWrite = async () => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setImmediate(resolve))
      running--
    }
    const many = (prefix: string, options = {}) =>
      Array.from({ length: 9 }, (_, index) => world.wish(`${prefix}${index}`, 1, options))
    await applyPlan(await plan(many('free')), { signal, concurrency: 3 })
    expect(most).toBe(3)
    most = 0
    await applyPlan(await plan(many('laned', { lane: 'one' })), { signal, concurrency: 3 })
    expect(most).toBe(1)
  })
})
