import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RecentlyUsed } from './recently-used.ts'

describe('RecentlyUsed', () => {
  it('lets go of what was not asked for the longest', () => {
    const held = new RecentlyUsed<number>(2)
    held.set('one', 1)
    held.set('two', 2)
    expect(held.get('one')).toBe(1)
    held.set('three', 3)
    expect([held.get('one'), held.get('two'), held.get('three')]).toEqual([1, undefined, 3])
  })

  it('takes a new value for a use', () => {
    const held = new RecentlyUsed<number>(2)
    held.set('one', 1)
    held.set('two', 2)
    held.set('one', 11)
    held.set('three', 3)
    expect([held.get('one'), held.get('two')]).toEqual([11, undefined])
  })

  it('forgets what it is told to, and all of it', () => {
    const held = new RecentlyUsed<number>(2)
    held.set('one', 1)
    held.set('two', 2)
    held.delete('one')
    expect(held.values()).toEqual([2])
    held.clear()
    expect([held.values(), held.get('two')]).toEqual([[], undefined])
  })

  it('holds what was used within seven eighths of its size, however large it is', () => {
    const held = new RecentlyUsed<number>(800)
    held.set('asked for', 0)
    for (let number = 1; number <= 5_000; number += 1) {
      held.set(`${number}`, number)
      if (number % 600 === 0) expect(held.get('asked for')).toBe(0)
    }
    expect(held.values()).toHaveLength(800)
    expect([held.get('5000'), held.get('4300'), held.get('4100')]).toEqual([5000, 4300, undefined])
  })

  it('holds what was used last, whatever is asked of it', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 4 }), (steps, maximum) => {
        const held = new RecentlyUsed<string>(maximum)
        let model: readonly string[] = []
        for (const [what, key] of steps) {
          if (what === 'get') expect(held.get(key)).toBe(model.find((known) => known === key))
          else if (what === 'set') held.set(key, key)
          else held.delete(key)
          model = modelAfter(model, [what, key]).slice(-maximum)
          expect(held.values()).toEqual(model)
        }
      }),
    )
  })
})

const step = fc.tuple(fc.constantFrom('set', 'get', 'delete'), fc.constantFrom('a', 'b', 'c', 'd', 'e'))

/** The keys that a map without a maximum holds, in the order of their last use. */
function modelAfter(model: readonly string[], [what, key]: readonly [string, string]): readonly string[] {
  const others = model.filter((other) => other !== key)
  const used = what === 'set' || (what === 'get' && model.includes(key))
  return used ? [...others, key] : others
}
