import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { alone } from './alone.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'federate-alone-'))
})

afterEach(() => rm(folder, { recursive: true, force: true }))

describe('work that is done alone', () => {
  it('is done by one after the other, and leaves no lock', async () => {
    const file = join(folder, 'count')
    await writeFile(file, '0')
    const addOne = async () => {
      const count = Number(await readFile(file, 'utf8'))
      await new Promise((resolve) => setTimeout(resolve, 5))
      await writeFile(file, String(count + 1))
    }
    await Promise.all(Array.from({ length: 20 }, () => alone(file, 10_000, addOne)))
    expect(await readFile(file, 'utf8')).toBe('20')
    expect(await readdir(folder)).toEqual(['count'])
  })

  it('gives the lock back when it fails', async () => {
    const path = join(folder, 'x')
    await expect(alone(path, 1_000, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await alone(path, 1_000, async () => 'done')).toBe('done')
  })

  it('is done all the same where no lock can be had, or not in time', async () => {
    expect(await alone(join(folder, 'none', 'x'), 1_000, async () => 'done')).toBe('done')
    const path = join(folder, 'x')
    const inner = alone(path, 1_000, () => alone(path, 20, async () => 'inner'))
    expect(await inner).toBe('inner')
  })
})
