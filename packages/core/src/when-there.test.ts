import { expect, it } from 'vitest'
import { whenThere } from './when-there.ts'

it('uses at once what is there', () => {
  expect(whenThere(2, (two) => two + 1)).toBe(3)
})

it('uses what is promised when it comes', async () => {
  const used = whenThere(Promise.resolve(2), (two) => two + 1)
  expect(used).toBeInstanceOf(Promise)
  expect(await used).toBe(3)
})

it('lets a failure through, of the promise and of the use', async () => {
  const failure = new Error('nothing there')
  await expect(whenThere(Promise.reject(failure), String)).rejects.toBe(failure)
  const use = () => {
    throw failure
  }
  expect(() => whenThere(2, use)).toThrow(failure)
})
