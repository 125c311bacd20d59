import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Keeper } from './keeper.ts'
import type { Renewal } from './pace.ts'
import type { Renewable } from './upstream.ts'

interface Part {
  readonly due?: number
  readonly left?: number
  readonly upstream?: string
  readonly renew: () => Promise<Renewal>
}

function renewable({ due = 0, left = 0, upstream = 'issuer', renew }: Part): Renewable & { due: number; left: number } {
  const one = {
    due,
    left,
    upstream,
    period: 2160,
    renew: async () => {
      one.due = 1000
      return renew()
    },
  }
  return one
}

describe('Keeper', () => {
  it('renews what is due, sixteen of an upstream at a time', async () => {
    let [running, most, done] = [0, 0, 0]
    const renew = async () => {
      running += 1
      most = Math.max(most, running)
      await wait(50)
      running -= 1
      done += 1
      return 'renewed' as const
    }
    const keeper = new Keeper()
    keeper.add(...Array.from({ length: 20 }, () => renewable({ renew })))
    while (done < 20) await wait(5)
    expect(most).toBe(16)
    keeper.stop()
  })

  it('is not held up by one upstream that hangs when it renews at another', async () => {
    const keeper = new Keeper()
    const hang = () => new Promise<never>(() => undefined)
    keeper.add(...Array.from({ length: 20 }, () => renewable({ renew: hang, upstream: 'hangs' })))
    await new Promise<void>((resolve) => {
      const renew = async () => {
        resolve()
        return 'renewed' as const
      }
      keeper.add(renewable({ renew, upstream: 'answers' }))
    })
    keeper.stop()
  })

  it('leaves alone what is not due, was removed, or is being renewed', async () => {
    const renewed: string[] = []
    const one = (name: string, due: number) =>
      renewable({
        due,
        renew: async () => {
          renewed.push(name)
          return 'renewed'
        },
      })
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

  it('renews first what is dead, then what ends first', async () => {
    const order: number[] = []
    const one = (left: number) =>
      renewable({
        left,
        renew: async () => {
          order.push(left)
          return 'renewed'
        },
      })
    const keeper = new Keeper()
    keeper.add(...[300, 0, 200, 100].map(one))
    await wait(50)
    keeper.stop()
    expect(order).toEqual([0, 100, 200, 300])
  })

  it('brings back at once what died in an outage, whatever pause each was in', async () => {
    let [time, down] = [0, true]
    const renewed: string[] = []
    const keeper = new Keeper({ monotonic: () => time, random: () => 1 })
    const one = (name: string) =>
      renewable({
        renew: async () => {
          if (down) return 'unreachable'
          renewed.push(name)
          return 'renewed'
        },
      })
    const all = ['first', 'second', 'third'].map(one)
    keeper.add(...all)
    await wait(20)
    expect(all.map(({ due }) => due)).toEqual([1000, 1000, 1000])
    down = false
    time += 1000
    const [first] = all
    if (first !== undefined) first.due = 0
    // Whatever is added makes the keeper look.
    keeper.add()
    await wait(50)
    keeper.stop()
    expect(renewed.sort()).toEqual(['first', 'second', 'third'])
  })
})
