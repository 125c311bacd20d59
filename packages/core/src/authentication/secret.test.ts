import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { errorOf } from '../test-support.ts'
import { readSecret } from './secret.ts'
import { holdSecret } from './secret-holder.ts'

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'federate-secret-'))
})
afterAll(() => rm(directory, { recursive: true }))

async function file(name: string, content: string | Uint8Array, mode = 0o600): Promise<string> {
  const path = join(directory, name)
  await writeFile(path, content)
  await chmod(path, mode)
  return path
}

describe('readSecret', () => {
  it.each(['hunter2', 'hunter2\n', 'hunter2 \r\n\n', '\ufeffhunter2\n'])('reads a file with %j', async (content) => {
    await file('plain', content)
    expect(await readSecret({ file: 'plain' }, { baseDirectory: directory })).toBe('hunter2')
  })

  it('keeps white space before and within the secret', async () => {
    expect(await readSecret({ file: await file('spaces', '  a b\nc\n') })).toBe('  a b\nc')
  })

  it('reads an environment variable', async () => {
    expect(await readSecret({ env: 'SECRET' }, { environment: { SECRET: 'hunter2\n' } })).toBe('hunter2')
  })

  it.each([
    ['SECRET_FILE_MISSING', 'missing', 'does not exist'],
    ['SECRET_FILE_UNREADABLE', '.', 'cannot be read (EISDIR)'],
    ['SECRET_EMPTY', 'empty', 'it is empty'],
    ['SECRET_TOO_LARGE', 'large', 'larger than 64000 bytes'],
  ])('throws %s', async (code, name, problem) => {
    await file('empty', ' \n')
    await file('large', 'x'.repeat(64_001))
    const error = await errorOf(() => readSecret({ file: name }, { baseDirectory: directory }))
    expect(error).toMatchObject({ code, outcome: 'usage' })
    expect(error.problem).toContain(problem)
    expect(error.problem).toContain(join(directory, name))
  })

  it('reads up to the limit', async () => {
    const path = await file('limit', 'x'.repeat(64_000))
    expect(await readSecret({ file: path })).toHaveLength(64_000)
  })

  it('does not read a device without an end', async () => {
    expect((await errorOf(() => readSecret({ file: '/dev/zero' }))).code).toBe('SECRET_TOO_LARGE')
  })

  it.each([
    [{}, 'SECRET_ENV_MISSING'],
    [{ SECRET: '' }, 'SECRET_EMPTY'],
  ])('names the variable with %j', async (environment, code) => {
    const error = await errorOf(() => readSecret({ env: 'SECRET' }, { environment }))
    expect(error).toMatchObject({ code, outcome: 'usage' })
    expect(error.problem).toContain('environment variable SECRET')
  })

  it.each([
    [0o600, undefined],
    [0o400, undefined],
    [0o640, 'can be read by its group (mode 0640)'],
    [0o644, 'can be read by everybody on this host (mode 0644)'],
  ])('warns of mode %o', async (mode, expected) => {
    const path = await file(`mode-${mode}`, 'hunter2', mode)
    const warnings: string[] = []
    await readSecret({ file: path }, { warn: (message) => warnings.push(message) })
    expect(warnings).toEqual(
      expected === undefined ? [] : [`The secret in ${path} ${expected}. Run: chmod 600 ${path}`],
    )
  })
})

describe('holdSecret', () => {
  it('reads once, and again on demand', async () => {
    const path = await file('rotated', 'first', 0o644)
    const warnings: string[] = []
    const holder = holdSecret({ file: path }, { warn: (message) => warnings.push(message) })
    expect(await holder.get()).toBe('first')
    await writeFile(path, 'second')
    expect(await holder.get()).toBe('first')
    expect(await holder.reload()).toBe(true)
    expect(await holder.get()).toBe('second')
    expect(await holder.reload()).toBe(false)
    expect(warnings).toHaveLength(1)
  })

  it('tries again after a failure', async () => {
    const holder = holdSecret({ file: 'later' }, { baseDirectory: directory })
    expect((await errorOf(holder.get)).code).toBe('SECRET_FILE_MISSING')
    await file('later', 'here')
    expect(await holder.get()).toBe('here')
  })

  it('refuses an empty value', async () => {
    expect((await errorOf(holdSecret({ value: '' }).get)).code).toBe('SECRET_EMPTY')
  })
})
