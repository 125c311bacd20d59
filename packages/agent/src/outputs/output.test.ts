import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FederateError } from '@federate/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Output } from './output.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'federate-output-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const failure = (code: string) => new FederateError({ code, outcome: 'failed', problem: `${code}.`, next: 'Wait.' })

function outputWorld() {
  const world = { now: Date.UTC(2026, 0, 1), tick: 0, text: 'one', failing: '', deaf: false, somebody: true, told: 0 }
  const seen: string[] = []
  const path = join(folder, 'token')
  const output = new Output({
    path,
    mode: 0o600,
    shared: false,
    now: () => world.now,
    monotonic: () => world.tick,
    random: () => 1,
    content: async () => {
      if (world.failing !== '') throw failure(world.failing)
      const { text } = world
      return { expiresAt: new Date(world.now + 600_000), text: () => text }
    },
    notify: async () => {
      world.told += 1
      if (world.deaf) throw failure('OUTPUT_COMMAND_FAILED')
      return world.somebody
    },
    onOutcome: ({ done, changed, error }, { state }) =>
      seen.push([done, error?.code ?? (changed ? 'success' : 'nobody'), state].join(' ')),
  })
  const forward = (seconds: number) => {
    world.now += seconds * 1000
    world.tick += seconds * 1000
  }
  return { world, output, seen, forward, path }
}

describe('Output', () => {
  it('writes and tells when something was renewed and is another, and only then', async () => {
    const { world, output, seen, path } = outputWorld()
    expect(output.due).toBe(Number.POSITIVE_INFINITY)
    expect(output.status).toEqual({ name: path, state: 'starting' })
    output.renewed()
    expect(output.due).toBe(0)
    await output.renew()
    expect(await readFile(path, 'utf8')).toBe('one')
    expect(output.status).toEqual({ name: path, state: 'fresh', expiresAt: new Date(world.now + 600_000) })
    output.renewed()
    await output.renew()
    expect(output.due).toBe(Number.POSITIVE_INFINITY)
    expect(seen).toEqual(
      ['write success starting', 'notify success fresh'].map((line) => line.replace('starting', 'fresh')),
    )
    world.text = 'two'
    output.renewed()
    await output.renew()
    expect(world.told).toBe(2)
    expect(await readFile(path, 'utf8')).toBe('two')
  })

  it('says that there was nobody to tell, which is no failure', async () => {
    const { world, output, seen } = outputWorld()
    world.somebody = false
    output.renewed()
    await output.renew()
    expect(seen).toEqual(['write success fresh', 'notify nobody fresh'])
    expect(output.due).toBe(Number.POSITIVE_INFINITY)
  })

  it('keeps what is in the file while there is nothing newer, tries again, and says when it has expired', async () => {
    const { world, output, seen, forward, path } = outputWorld()
    output.renewed()
    await output.renew()
    world.failing = 'ISSUER_UNREACHABLE'
    output.renewed()
    const waits: number[] = []
    for (let round = 0; round < 8; round += 1) {
      await output.renew()
      waits.push(output.due)
      forward(output.due)
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60])
    expect(seen.at(-1)).toBe('write ISSUER_UNREACHABLE stale')
    expect(output.status.reason).toEqual({
      code: 'ISSUER_UNREACHABLE',
      problem: 'ISSUER_UNREACHABLE.',
      outcome: 'failed',
    })
    forward(600)
    expect(output.status).toMatchObject({ state: 'failed', reason: { code: 'ISSUER_UNREACHABLE' } })
    expect(await readFile(path, 'utf8')).toBe('one')
    world.failing = ''
    await output.renew()
    expect(output.status.state).toBe('fresh')
  })

  it('says that the content has expired where nothing else failed', async () => {
    const { output, forward, path } = outputWorld()
    output.renewed()
    await output.renew()
    forward(601)
    expect(output.status).toMatchObject({
      state: 'failed',
      reason: {
        code: 'OUTPUT_EXPIRED',
        problem: `What is in ${path} has expired, and there is nothing newer to write.`,
      },
    })
  })

  it('is not fooled by a clock that jumps back a day', async () => {
    const { world, output } = outputWorld()
    output.renewed()
    await output.renew()
    world.now -= 86_400_000
    world.tick += 601_000
    expect(output.status.state).toBe('failed')
  })

  it('tells readers up to five times, then when something changes, and says so meanwhile', async () => {
    const { world, output, seen, forward } = outputWorld()
    world.deaf = true
    output.renewed()
    for (let round = 0; round < 10; round += 1) {
      await output.renew()
      if (Number.isFinite(output.due)) forward(output.due)
    }
    expect(world.told).toBe(5)
    expect(seen.slice(-1)).toEqual(['notify OUTPUT_COMMAND_FAILED stale'])
    expect(output.status).toMatchObject({ state: 'stale', reason: { code: 'OUTPUT_COMMAND_FAILED' } })
    world.deaf = false
    // The same content once more: whoever was not told is told now.
    output.renewed()
    await output.renew()
    expect(world.told).toBe(6)
    expect(output.status.state).toBe('fresh')
  })

  it('does not forget a renewal that comes while it writes', async () => {
    const { world, output, path } = outputWorld()
    output.renewed()
    const writing = output.renew()
    world.text = 'two'
    output.renewed()
    await writing
    expect(output.due).toBe(0)
    await output.renew()
    expect(await readFile(path, 'utf8')).toBe('two')
  })
})
