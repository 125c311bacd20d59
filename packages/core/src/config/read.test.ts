import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { base, targetSchemas } from './federate-file.test-kit.ts'
import { federateFilePath, readFederateFile } from './read.ts'

let cwd = ''
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'federate-config-'))
})
afterEach(() => rm(cwd, { recursive: true, force: true }))

describe('readFederateFile', () => {
  it('reads -c, else FEDERATE_CONFIG, else federate.yaml', async () => {
    for (const name of ['federate.yaml', 'env.yaml', 'named.yaml']) {
      await writeFile(join(cwd, name), base.replace('acme-platform', name.replace('.yaml', '')))
    }
    const owner = async (path: string | undefined, env: Record<string, string>) =>
      (await readFederateFile({ path, env, cwd, targetSchemas })).owner
    expect(await owner(undefined, {})).toBe('federate')
    expect(await owner(undefined, { FEDERATE_CONFIG: '' })).toBe('federate')
    expect(await owner(undefined, { FEDERATE_CONFIG: 'env.yaml' })).toBe('env')
    expect(await owner('named.yaml', { FEDERATE_CONFIG: 'env.yaml' })).toBe('named')
  })

  it('gives the absolute path and takes a byte order mark', async () => {
    await writeFile(join(cwd, 'federate.yaml'), `\uFEFF${base}`)
    const file = await readFederateFile({ env: {}, cwd, targetSchemas })
    expect(file.path).toBe(join(cwd, 'federate.yaml'))
    expect(federateFilePath({ path: '/etc/x.yaml', env: {}, cwd })).toBe('/etc/x.yaml')
  })

  it.each<[string, string | undefined, Record<string, string>, string]>([
    ['federate.yaml', undefined, {}, 'the default'],
    ['a.yaml', 'a.yaml', {}, 'named by -c'],
    ['b.yaml', undefined, { FEDERATE_CONFIG: 'b.yaml' }, 'named by FEDERATE_CONFIG'],
  ])('names %s that is missing', async (name, path, env, how) => {
    await expect(readFederateFile({ path, env, cwd, targetSchemas })).rejects.toMatchObject({
      code: 'CONFIG_MISSING',
      outcome: 'usage',
      message: `There is no file ${join(cwd, name)} (${how}). Write one with \`federate init\`, or name another with -c or FEDERATE_CONFIG.`,
    })
  })

  it('refuses a folder, a file too large and bytes that are no text', async () => {
    const read = (path: string) => readFederateFile({ path, env: {}, cwd, targetSchemas })
    await expect(read('.')).rejects.toMatchObject({
      code: 'CONFIG_UNREADABLE',
      message: `${cwd} could not be read (EISDIR). Give a file that this user may read.`,
    })
    await writeFile(join(cwd, 'large'), Buffer.alloc(1_048_577, 35))
    await expect(read('large')).rejects.toMatchObject({ code: 'CONFIG_TOO_LARGE' })
    await writeFile(join(cwd, 'utf16'), Buffer.from(`\uFEFF${base}`, 'utf16le'))
    await expect(read('utf16')).rejects.toMatchObject({
      code: 'CONFIG_NOT_YAML',
      message: `${join(cwd, 'utf16')} is not UTF-8 text. Save it with the encoding UTF-8, or check that it is the right file.`,
    })
  })
})
