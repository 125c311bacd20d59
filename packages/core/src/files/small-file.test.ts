import { execFileSync, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FileTooLarge, readSmallBytes, readSmallFile } from './small-file.ts'

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

  it('takes as much memory as a file has bytes, and not as it might have', async () => {
    const path = join(directory, 'small')
    await writeFile(path, 'x'.repeat(300))
    const { bytes } = await readSmallBytes(path, 1_048_576)
    expect(bytes).toHaveLength(300)
    expect(bytes.buffer.byteLength).toBe(301)
  })

  it.runIf(process.platform === 'linux')('reads what says that it has no length', async () => {
    expect((await readSmallFile('/proc/self/status', 60_000)).text).toContain('\nThreads:')
    expect((await readSmallFile('/proc/version', 200_000)).text).toBe(readFileSync('/proc/version', 'utf8'))
    expect((await readSmallFile('/dev/null', 100)).text).toBe('')
  })

  it.skipIf(process.platform === 'win32')(
    'reads a pipe to its end, in whatever parts it comes, and no further than asked',
    async () => {
      const path = join(directory, 'pipe')
      execFileSync('mkfifo', [path])
      const written = (script: string) => spawn('sh', ['-c', `{ ${script}; } > "$0"`, path], { stdio: 'ignore' })
      written('printf one; head -c 150000 /dev/zero; printf two')
      const { text } = await readSmallFile(path, 150_006)
      expect([text.length, text.slice(0, 3), text.slice(-3)]).toEqual([150_006, 'one', 'two'])
      written('yes')
      await expect(readSmallFile(path, 150_006)).rejects.toBeInstanceOf(FileTooLarge)
    },
  )

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
    expect((await readSmallFile(path, 101)).text).toHaveLength(101)
    await expect(readSmallFile('/dev/zero', 100)).rejects.toBeInstanceOf(FileTooLarge)
  })
})
