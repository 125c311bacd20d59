import { describe, expect, it } from 'vitest'
import { applyPlan } from './apply.ts'
import { MemoryWorld } from './memory-world.test-kit.ts'
import { hasChanges, makeDestroyPlan, makePlan, type Plan } from './plan.ts'
import { planToJson, renderPlan } from './render.ts'
import type { Change, Resource } from './resource.ts'

const signal = new AbortController().signal

function plan(resources: readonly Resource[], found: readonly Resource[] = [], more = {}): Promise<Plan> {
  return makePlan({ owner: 'acme', resources, found, signal, ...more })
}

const actions = (made: Plan) => made.work.map(({ step }) => `${step.action} ${step.address}`)

describe('makePlan', () => {
  it('creates what is missing, changes what differs and leaves alone what is right', async () => {
    const world = new MemoryWorld('acme')
    world.things.set('b', { owner: 'acme', value: 1 })
    world.things.set('c', { owner: 'acme', value: 3 })
    const made = await plan([world.wish('a', 1), world.wish('b', 2), world.wish('c', 3)])
    expect(actions(made)).toEqual(['create a', 'update b', 'none c'])
    expect(hasChanges(made)).toBe(true)
  })

  it('puts what is needed first, whatever the order of the wishes', async () => {
    const world = new MemoryWorld('acme')
    const made = await plan([
      world.wish('role', 1, { dependsOn: ['provider'] }),
      world.wish('provider', 1, { dependsOn: ['account'] }),
      world.wish('account', 1),
    ])
    expect(actions(made)).toEqual(['create account', 'create provider', 'create role'])
  })

  it('refuses objects that need each other in a circle', async () => {
    const world = new MemoryWorld('acme')
    const circle = [world.wish('a', 1, { dependsOn: ['b'] }), world.wish('b', 1, { dependsOn: ['a'] })]
    await expect(plan(circle)).rejects.toMatchObject({
      code: 'PLAN_CYCLE',
      problem: 'These objects need each other in a circle: a → b → a.',
    })
  })

  it('refuses two wishes for one object', async () => {
    const world = new MemoryWorld('acme')
    await expect(plan([world.wish('a', 1), world.wish('a', 2)])).rejects.toMatchObject({
      code: 'PLAN_DUPLICATE',
      problem: 'Two parts of the plan want the same object: a.',
    })
  })

  describe('a change by which others lose something', () => {
    const losses = 'Others lose it: key acme.'
    const worldWith = (value: number) => {
      const world = new MemoryWorld('acme')
      world.things.set('a', { owner: 'acme', value })
      return world
    }

    it('is blocked, and made with --prune, which says it, too', async () => {
      const wish = worldWith(1).wish('a', 2, { losses })
      const remedy = 'Take it from them with `--prune`, or keep it in federate.yaml.'
      expect((await plan([wish])).work[0]?.step).toMatchObject({ action: 'blocked', reason: losses, remedy })
      const pruned = await plan([wish], [], { prune: true })
      expect(pruned.work[0]?.step).toMatchObject({ action: 'update', reason: losses })
      expect(renderPlan(pruned)).toContain(losses)
    })

    it('is nothing where nothing changes', async () => {
      expect(actions(await plan([worldWith(1).wish('a', 1, { losses })]))).toEqual(['none a'])
    })

    it('is said of what is deleted, or would be', async () => {
      const found = [worldWith(1).wish('a', 1, { losses })]
      const [unwanted] = (await plan([], found)).work
      expect(unwanted?.step.reason).toBe(`It is ours and no longer in federate.yaml. ${losses}`)
      const [deleted] = (await plan([], found, { prune: true })).work
      const [destroyed] = (await makeDestroyPlan({ owner: 'acme', found, signal })).work
      for (const work of [deleted, destroyed]) expect(work?.step).toMatchObject({ action: 'delete', reason: losses })
    })
  })

  it('blocks on what is unmarked and says how to adopt it', async () => {
    const world = new MemoryWorld('acme')
    world.things.set('a', { value: 1 })
    const [work] = (await plan([world.wish('a', 1)])).work
    expect(work?.step).toMatchObject({
      action: 'blocked',
      reason: 'It exists and bears no mark of federate, so it is left alone.',
      remedy: 'Take it over with `--adopt a`, or choose another name in federate.yaml.',
    })
  })

  it('adopts what is unmarked when it is named', async () => {
    const world = new MemoryWorld('acme')
    world.things.set('a', { value: 1 })
    expect(actions(await plan([world.wish('a', 1)], [], { adopt: new Set(['a']) }))).toEqual(['adopt a'])
  })

  it('refuses to adopt what is not there to adopt', async () => {
    const world = new MemoryWorld('acme')
    world.things.set('a', { value: 1 })
    await expect(plan([world.wish('a', 1)], [], { adopt: new Set(['b']) })).rejects.toMatchObject({
      code: 'PLAN_ADOPT_UNKNOWN',
      problem: '--adopt names b, but what can be adopted here is a.',
    })
  })

  it("never takes another owner's object, not even when it is named", async () => {
    const world = new MemoryWorld('acme')
    world.things.set('a', { owner: 'others', value: 1 })
    expect(actions(await plan([world.wish('a', 1)]))).toEqual(['blocked a'])
    await expect(plan([world.wish('a', 1)], [], { adopt: new Set(['a']) })).rejects.toMatchObject({
      code: 'PLAN_ADOPT_UNKNOWN',
    })
  })

  it('shows what is ours and no longer wanted, and deletes it only with prune, dependents first', async () => {
    const world = new MemoryWorld('acme')
    world.things.set('provider', { owner: 'acme', value: 1 })
    world.things.set('role', { owner: 'acme', value: 1 })
    const found = [world.wish('provider', 1), world.wish('role', 1, { dependsOn: ['provider'] })]
    expect(actions(await plan([], found))).toEqual(['unwanted role', 'unwanted provider'])
    expect(actions(await plan([], found, { prune: true }))).toEqual(['delete role', 'delete provider'])
  })

  it('releases what stays without our part of it, after what needs it', async () => {
    const world = new MemoryWorld('acme')
    for (const name of ['provider', 'role']) world.things.set(name, { owner: 'acme', value: 1 })
    const found = [
      world.wish('provider', 1, { remains: true }),
      world.wish('role', 1, { dependsOn: ['provider'], remains: true }),
    ]
    const made = await makeDestroyPlan({ owner: 'acme', found, signal })
    expect(actions(made)).toEqual(['release role', 'release provider'])
    expect(renderPlan(made)).toMatch(/^- release thing role {2}role\n {4}value: 1 → \(none\)\n/)
    expect(renderPlan(made)).toContain('Plan: 2 to release.')
    const { done } = await applyPlan(made, { signal, concurrency: 4 })
    expect(done.map(({ address }) => address)).toEqual(['role', 'provider'])
  })

  it('has the same fingerprint for the same plan and another one when anything differs', async () => {
    const world = new MemoryWorld('acme')
    const first = await plan([world.wish('a', 1), world.wish('b', 1)])
    const again = await plan([world.wish('b', 1), world.wish('a', 1)])
    const other = await plan([world.wish('a', 1), world.wish('b', 2)])
    expect(again.fingerprint).toBe(first.fingerprint)
    expect(other.fingerprint).not.toBe(first.fingerprint)
  })
})

describe('makeDestroyPlan', () => {
  it('deletes what was found, dependents first, and nothing that is gone already', async () => {
    const world = new MemoryWorld('acme')
    world.things.set('provider', { owner: 'acme', value: 1 })
    world.things.set('role', { owner: 'acme', value: 1 })
    const found = [
      world.wish('provider', 1),
      world.wish('role', 1, { dependsOn: ['provider'] }),
      world.wish('gone', 1, { dependsOn: ['provider'] }),
    ]
    expect(actions(await makeDestroyPlan({ owner: 'acme', found, signal }))).toEqual(['delete role', 'delete provider'])
  })
})

describe('renderPlan', () => {
  it('shows each change with both values, counts the rest and ends with the fingerprint', async () => {
    const world = new MemoryWorld('acme')
    world.things.set('b', { owner: 'acme', value: 1 })
    world.things.set('c', { owner: 'acme', value: 3 })
    const made = await plan([world.wish('a', 'new'), world.wish('b', 2), world.wish('c', 3)])
    expect(renderPlan(made)).toBe(
      [
        '+ create thing a  a',
        '    value: new',
        '',
        '~ change thing b  b',
        '    value: 1 → 2',
        '',
        `Plan: 1 to create, 1 to change, 1 unchanged. Fingerprint: ${made.fingerprint}`,
      ].join('\n'),
    )
  })

  it('does not show what goes as it shows what comes', async () => {
    const world = new MemoryWorld('acme')
    const shown = (text: string) => ({ kind: 'value', value: text }) as const
    const resource = (changes: readonly Change[]): Resource => ({
      ...world.wish('a', 1),
      read: async () => ({ owner: 'acme' }),
      diff: () => [...changes],
    })
    const long = JSON.parse(JSON.stringify({ statement: 'x'.repeat(96) }))
    const changes: Change[] = [
      { field: 'coming', after: shown('new') },
      { field: 'going', before: shown('old') },
      { field: 'policy that goes', before: { kind: 'value', value: long } },
    ]
    expect(
      renderPlan(await plan([resource(changes)]))
        .split('\n')
        .slice(1, 7),
    ).toEqual([
      '    coming: (none) → new',
      '    going: old → (none)',
      '    policy that goes:',
      '      - {',
      `      -   "statement": "${'x'.repeat(96)}"`,
      '      - }',
    ])
  })

  it('shows of long values only the lines that differ', async () => {
    const world = new MemoryWorld('acme')
    const policy = (subject: string) => ({ statement: 'x'.repeat(90), subject, version: 1 })
    world.things.set('a', { owner: 'acme', value: policy('old') })
    expect(renderPlan(await plan([world.wish('a', policy('new'))]))).toContain(
      ['    value:', '      -   "subject": "old",', '      +   "subject": "new",', ''].join('\n'),
    )
  })

  it('says so when nothing is to be done', async () => {
    const world = new MemoryWorld('acme')
    world.things.set('a', { owner: 'acme', value: 1 })
    expect(renderPlan(await plan([world.wish('a', 1)]))).toBe('No changes. 1 object(s) as wanted.')
  })

  it('never shows a secret, neither as text nor as JSON', async () => {
    const world = new MemoryWorld('acme')
    world.things.set('a', { owner: 'acme', value: 'old-canary' })
    const made = await plan([world.wish('a', 'new-canary', { secret: true })])
    expect(renderPlan(made)).toContain('value: (secret) → (secret)')
    expect(renderPlan(made) + JSON.stringify(planToJson(made))).not.toContain('canary')
  })
})
