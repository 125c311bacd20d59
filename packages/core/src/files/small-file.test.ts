import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FileTooLarge, readSmallFile } from './small-file.ts'

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'federate-small-'))
})
afterAll(() => rm(directory, { recursive: true }))

describe('readSmallFile', () => {
  it('reads text and mode', async () => {
    const path = join(directory, 'plain')
    await writeFile(path, 'häé', { mode: 0o600 })
    expect(await readSmallFile(path, 100)).toEqual({ text: 'häé', mode: 0o600 })
  })

  it('reads a file that shrinks and grows meanwhile to its end, and never beyond what it says it is', async () => {
    const path = join(directory, 'changing')
    const [long, short] = ['a'.repeat(50_000), 'b'.repeat(10)]
    await writeFile(path, long)
    let stop = false
    const writer = (async () => {
      while (!stop) {
        await truncate(path, 0)
        await writeFile(path, short)
        await writeFile(path, long)
      }
    })()
    for (let count = 0; count < 50; count += 1) {
      const { text } = await readSmallFile(path, 60_000)
      expect(text.length).toBeLessThanOrEqual(50_000)
    }
    stop = true
    await writer
    expect((await readSmallFile(path, 60_000)).text).toBe(long)
  })

  it('refuses what is too large, a device without an end too', async () => {
    const path = join(directory, 'large')
    await writeFile(path, 'x'.repeat(101))
    await expect(readSmallFile(path, 100)).rejects.toBeInstanceOf(FileTooLarge)
    await expect(readSmallFile('/dev/zero', 100)).rejects.toBeInstanceOf(FileTooLarge)
  })
})
