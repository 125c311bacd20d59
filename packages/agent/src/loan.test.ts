import { FederateError } from '@federate/core'
import { describe, expect, it } from 'vitest'
import { Loan, type LoanOptions, type LoanStatus } from './loan.ts'

const outage = new FederateError({
  code: 'ISSUER_UNREACHABLE',
  outcome: 'unreachable',
  problem: 'The issuer is down.',
  next: 'Wait.',
})

function loanWorld(lifetime = 3600, more: Partial<LoanOptions<{ name: string; expiresAt: Date }>> = {}) {
  const world = { now: Date.UTC(2026, 0, 1), tick: 0, asked: [] as (number | undefined)[], down: false }
  const told: [string | undefined, LoanStatus['state']][] = []
  const loan = new Loan({
    name: 'billing/s3',
    now: () => world.now,
    monotonic: () => world.tick,
    random: () => 0.5,
    obtain: async ({ newerThan }) => {
      world.asked.push(newerThan)
      if (world.down) throw outage
      return {
        value: { name: `lent-${world.asked.length}`, expiresAt: new Date(world.now + lifetime * 1000) },
        obtainedAt: world.now,
      }
    },
    onRenewal: (error, { state }) => told.push([error?.code, state]),
    ...more,
  })
  const forward = (seconds: number) => {
    world.now += seconds * 1000
    world.tick += seconds * 1000
  }
  return { world, told, loan, forward, get: async () => (await loan.get()).name }
}

describe('Loan', () => {
  it('is due at once, then after 30 to 70 per cent of its life, later after 50 to 70', async () => {
    const { loan, forward, world } = loanWorld()
    expect(loan.due).toBe(0)
    await loan.renew()
    expect(loan.due).toBe(1800)
    forward(1800)
    expect(loan.due).toBe(0)
    await loan.renew()
    expect(loan.due).toBe(2160)
    expect(world.asked).toEqual([undefined, Date.UTC(2026, 0, 1)])
    expect(loan.status).toMatchObject({ name: 'billing/s3', state: 'fresh' })
  })

  it('lends what lives while renewing fails, and tries again after 1, 2, 4 … 60 seconds', async () => {
    const { loan, forward, world, told, get } = loanWorld()
    await loan.renew()
    world.down = true
    const waits: number[] = []
    for (let failures = 0; failures < 8; failures += 1) {
      forward(loan.due)
      await loan.renew()
      waits.push(loan.due / 0.75)
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60])
    expect(await get()).toBe('lent-1')
    expect(loan.status).toMatchObject({
      state: 'stale',
      reason: { code: 'ISSUER_UNREACHABLE', problem: 'The issuer is down.' },
    })
    world.down = false
    await loan.renew()
    expect(loan.status.state).toBe('fresh')
    expect(told.at(-1)).toEqual([undefined, 'fresh'])
  })

  it('lends nothing that has expired, and does not ask for every caller', async () => {
    const { loan, forward, world, get } = loanWorld()
    await loan.renew()
    world.down = true
    await loan.renew()
    forward(3601)
    await loan.renew()
    const asked = world.asked.length
    for (let calls = 0; calls < 100; calls += 1) await expect(get()).rejects.toBe(outage)
    expect(world.asked).toHaveLength(asked)
    expect(loan.status.state).toBe('failed')
  })

  it('goes by the clock that nobody sets when the other is set back by a day', async () => {
    const { loan, world, get } = loanWorld()
    await loan.renew()
    world.now -= 86_400_000
    world.tick += 3_610_000
    expect(loan.status.state).toBe('starting')
    expect(await get()).toBe('lent-2')
  })

  it('renews at once what would seem to live for a day and an hour after the clock was set back', async () => {
    const { loan, world, get } = loanWorld()
    await loan.renew()
    world.now -= 86_400_000
    expect([loan.due, loan.status.state]).toEqual([0, 'fresh'])
    expect(await get()).toBe('lent-2')
    expect(loan.due).toBeGreaterThan(0)
  })

  it('lends the old one in spite of such a clock when nothing else is to be had, and waits between tries', async () => {
    const { loan, world, get } = loanWorld()
    await loan.renew()
    world.now -= 86_400_000
    world.down = true
    for (let calls = 0; calls < 100; calls += 1) expect(await get()).toBe('lent-1')
    expect(world.asked).toHaveLength(2)
    expect(loan.due).toBeGreaterThan(0)
  })

  it('lends nothing after the clock was set forward by more than a life, until it was renewed', async () => {
    const { loan, world } = loanWorld()
    await loan.renew()
    world.now += 3_600_000
    expect([loan.left, loan.due, loan.status.state]).toEqual([0, 0, 'starting'])
    world.down = true
    for (let calls = 0; calls < 100; calls += 1) await expect(loan.get()).rejects.toBe(outage)
    expect(world.asked).toHaveLength(2)
    world.now -= 3_600_000
    expect((await loan.get()).name).toBe('lent-1')
  })

  it('says how long it can be lent, how often it is renewed, and what came of a renewal', async () => {
    const { loan, world } = loanWorld()
    expect([loan.left, loan.period]).toEqual([0, undefined])
    expect(await Promise.all([loan.renew(), loan.renew()])).toEqual(['renewed', 'renewed'])
    expect(world.asked).toHaveLength(1)
    expect([loan.left, loan.period]).toEqual([3585, 2160])
    world.down = true
    expect(await loan.renew()).toBe('unreachable')
  })

  it('is renewed by its callers where nobody else does, at the same pace', async () => {
    const { loan, world, get, forward } = loanWorld(3600, { renewedByCallers: true })
    world.down = true
    for (let calls = 0; calls < 100; calls += 1) await expect(get()).rejects.toBe(outage)
    expect(world.asked).toHaveLength(1)
    world.down = false
    forward(loan.due)
    expect(await get()).toBe('lent-2')
  })

  it('is starting until it was tried', () => {
    expect(loanWorld().loan.status).toEqual({ name: 'billing/s3', state: 'starting' })
  })
})
