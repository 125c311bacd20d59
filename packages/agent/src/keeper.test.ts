import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Keeper, type Renewable } from './keeper.ts'

function renewable(renew: () => Promise<void>, due = 0): Renewable & { due: number } {
  const one = {
    due,
    renew: async () => {
      one.due = 1000
      await renew()
    },
  }
  return one
}

describe('Keeper', () => {
  it('renews what is due, sixteen at a time', async () => {
    let [running, most, done] = [0, 0, 0]
    const work = async () => {
      running += 1
      most = Math.max(most, running)
      await wait(5)
      running -= 1
      done += 1
    }
    const keeper = new Keeper()
    keeper.add(...Array.from({ length: 50 }, () => renewable(work)))
    while (done < 50) await wait(5)
    expect(most).toBe(16)
    keeper.stop()
  })

  it('leaves alone what is not due, was removed, or is being renewed', async () => {
    const renewed: string[] = []
    const one = (name: string, due: number) => renewable(async () => void renewed.push(name), due)
    const [due, later, removed] = [one('due', 0.05), one('later', 100), one('removed', 0.05)]
    const keeper = new Keeper()
    keeper.add(due, later, removed)
    keeper.remove(removed)
    // The time passes: nothing tells the keeper but its own timer.
    due.due = 0
    await wait(200)
    keeper.stop()
    expect(renewed).toEqual(['due'])
  })
})
