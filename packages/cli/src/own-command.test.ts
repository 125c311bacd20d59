import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { ownCommand } from './own-command.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "federate's own "))
  await writeFile(join(folder, 'main.cjs'), 'console.log(JSON.stringify(process.argv.slice(2)))')
})
afterAll(() => rm(folder, { recursive: true }))

afterEach(() => vi.unstubAllEnvs())

const system = ['/usr/bin', '/bin'].join(delimiter)

describe.skipIf(process.platform === 'win32')('ownCommand', () => {
  it('is this very command, behind all that is there, for nobody else, until it is removed', async () => {
    const command = [process.execPath, join(folder, 'main.cjs')]
    const own = await ownCommand({ env: { PATH: system }, command })
    const path = own.env['PATH'] ?? ''
    expect(path.startsWith(`${system}${delimiter}`)).toBe(true)
    const added = path.slice(system.length + 1)
    expect((await stat(added)).mode & 0o777).toBe(0o700)
    const words = ['a b', "c'd", '$HOME', '']
    const printed = execFileSync('sh', ['-c', 'federate "$@"', 'sh', ...words], { env: own.env, encoding: 'utf8' })
    expect(JSON.parse(printed)).toEqual(words)
    await own.remove()
    await expect(stat(added)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('leaves the one alone that is found already', async () => {
    await writeFile(join(folder, 'federate'), '#!/bin/sh\n', { mode: 0o700 })
    const own = await ownCommand({ env: { PATH: [system, folder].join(delimiter) }, command: [process.execPath] })
    expect(own.env).toEqual({})
    await rm(join(folder, 'federate'))
  })

  it('is not taken for found where only a folder or a file that cannot be run has the name', async () => {
    await writeFile(join(folder, 'federate'), '', { mode: 0o600 })
    const own = await ownCommand({ env: { PATH: [system, folder].join(delimiter) }, command: [process.execPath] })
    expect(own.env['PATH']).toContain('federate-command-')
    await own.remove()
  })

  it('is left out where no folder can be made', async () => {
    vi.stubEnv('TMPDIR', join(folder, 'main.cjs'))
    expect((await ownCommand({ env: { PATH: system }, command: [process.execPath] })).env).toEqual({})
  })

  it.each([[{}], [{ PATH: '' }]])('gives no PATH to a command that has none: %j', async (env) => {
    expect((await ownCommand({ env, command: [process.execPath] })).env).toEqual({})
  })
})
