import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sleep } from '../sleep.ts'
import { type Held, holderDied, tryHold } from './holder.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'federate-lock-'))
})

afterEach(() => rm(folder, { recursive: true, force: true }))

async function held(path: string): Promise<Held> {
  const lock = await tryHold(path)
  if (lock === undefined || 'gone' in lock) throw new Error('somebody else holds it')
  return lock
}

/** A process that holds the lock until it is killed. */
async function holder(path: string) {
  const program = `require('node:net').createServer().listen(${JSON.stringify(`${path}.0.lock`)}, () => console.log('held'))`
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return child
}

/** Makes a socket a minute older. */
function age(path: string): Promise<void> {
  const then = new Date(Date.now() - 60_000)
  return utimes(path, then, then)
}

/** What a holder leaves that was killed a minute ago. */
async function deadName(path: string): Promise<void> {
  const server = createServer().listen(`${path}.new`)
  await once(server, 'listening')
  // Node removes the name it was made by.
  await rename(`${path}.new`, path)
  server.close()
  await age(path)
}

describe('tryHold', () => {
  it('finds a free lock however many holders were killed one after the other', async () => {
    const path = join(folder, 'lock')
    for (let number = 0; number < 60; number += 1) await deadName(`${path}.${number}.lock`)
    const lock = await held(path)
    const second = await tryHold(path)
    expect(second).toHaveProperty('gone')
    await lock.release()
    await (await held(path)).release()
  })

  it('ends the wait for a holder when nobody waits any more', async () => {
    const path = join(folder, 'lock')
    const first = await held(path)
    const second = await tryHold(path)
    if (second === undefined || !('gone' in second)) throw new Error('two hold it')
    const controller = new AbortController()
    const gone = second.gone(3_600_000, controller.signal)
    controller.abort()
    expect(await gone).toBe(false)
    const third = await tryHold(path)
    expect(third !== undefined && 'gone' in third && (await third.gone(3_600_000, controller.signal))).toBe(false)
    await first.release()
  })

  it('tells a holder that was killed from one that lives, and from none', async () => {
    const path = join(folder, 'lock')
    expect(await holderDied(path)).toBe(false)
    await deadName(`${path}.0.lock`)
    expect(await holderDied(path)).toBe(true)
    const lock = await held(path)
    expect(await holderDied(path)).toBe(false)
    await lock.release()
    expect(await holderDied(path)).toBe(false)
  })

  it('gives the lock to one, and tells the others when it is free', async () => {
    const path = join(folder, 'lock')
    const first = await held(path)
    const second = await tryHold(path)
    if (second === undefined || !('gone' in second)) throw new Error('two hold it')
    const gone = second.gone(10_000)
    await first.release()
    expect(await gone).toBe(true)
    expect(await readdir(folder)).toEqual([])
    await (await held(path)).release()
  })

  it('gives up waiting when told to', async () => {
    const path = join(folder, 'lock')
    const first = await held(path)
    const second = await tryHold(path)
    expect(second !== undefined && 'gone' in second && (await second.gone(30))).toBe(false)
    await first.release()
  })

  it('is free when its holder was killed, and leaves nothing behind', async () => {
    const path = join(folder, 'lock')
    const child = await holder(path)
    const waiting = await tryHold(path)
    if (waiting === undefined || !('gone' in waiting)) throw new Error('two hold it')
    const gone = waiting.gone(10_000)
    child.kill('SIGKILL')
    expect(await gone).toBe(true)
    expect(await readdir(folder)).toEqual(['lock.0.lock'])
    await age(join(folder, 'lock.0.lock'))
    await (await held(path)).release()
    expect(await readdir(folder)).toEqual([])
  })

  it('is not taken from one whose socket has its name and cannot be connected to yet', async () => {
    const path = join(folder, 'lock')
    const child = await holder(path)
    child.kill('SIGKILL')
    await once(child, 'exit')
    // Just like a dead one, but for its age.
    const { mtimeMs } = await stat(join(folder, 'lock.0.lock'))
    let time = mtimeMs
    const taken = tryHold(path, () => time)
    for (const later of [0, 499]) {
      time = mtimeMs + later
      expect(await Promise.race([taken, sleep(0.1).then(() => 'waits')])).toBe('waits')
    }
    time = mtimeMs + 501
    const lock = await taken
    if (lock === undefined || 'gone' in lock) throw new Error('it is never taken for dead')
    await lock.release()
  })

  it.runIf(process.platform === 'linux')('works in a folder whose path is too long for a socket', async () => {
    const deep = join(folder, 'x'.repeat(100))
    await mkdir(deep)
    const first = await held(join(deep, 'lock'))
    expect(await tryHold(join(deep, 'lock'))).toHaveProperty('gone')
    await first.release()
    expect(await readdir(deep)).toEqual([])
  })

  it('is not to be had where no socket can be made', async () => {
    expect(await tryHold(join(folder, 'missing', 'lock'))).toBeUndefined()
  })
})
