import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readAdminFile } from './admin-file.ts'
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

describe.skipIf(process.platform === 'win32')("an administrator's file that others may have written", () => {
  const admin = () => readAdminFile({ federateFile: join(cwd, 'federate.yaml'), env: {}, cwd, schemas: new Map() })

  it('is refused where everybody can write it, or exchange it', async () => {
    const path = join(cwd, 'federate.yaml')
    await writeFile(path, base)
    await chmod(path, 0o666)
    await expect(readFederateFile({ env: {}, cwd, targetSchemas })).rejects.toMatchObject({
      code: 'CONFIG_WRITABLE',
      outcome: 'usage',
      message: `${path} can be written by everybody (mode 0666), and it says where secrets are sent. Check what is in it, then run \`chmod o-w ${path}\`.`,
    })
    const reach = join(cwd, 'federate.admin.yaml')
    await writeFile(reach, 'version: 1\n')
    expect(await admin()).toEqual(new Map())
    await chmod(cwd, 0o777)
    await expect(admin()).rejects.toMatchObject({
      code: 'CONFIG_FOLDER_OPEN',
      outcome: 'usage',
      problem: `${reach} is in ${cwd}, where everybody can put another in its place (mode 0777), and it says how an administrator reaches the clouds.`,
    })
  })

  it('is no folder', async () => {
    await mkdir(join(cwd, 'federate.admin.yaml'))
    await expect(admin()).rejects.toMatchObject({
      code: 'CONFIG_UNREADABLE',
      problem: `${join(cwd, 'federate.admin.yaml')} could not be read (EISDIR).`,
    })
  })

  it.runIf(process.geteuid?.() === 0)("is refused, as root, where it is somebody's and names a program", async () => {
    const path = join(cwd, 'federate.yaml')
    const programs = `${base}services:\n  billing: { auth: { method: token_command, command: [id] } }\n`
    const read = async (text: string) => {
      await writeFile(path, text)
      await chown(path, 4321, 4321)
      return readFederateFile({ env: {}, cwd, targetSchemas })
    }
    expect((await read(base)).path).toBe(path)
    await expect(read(programs)).rejects.toMatchObject({
      code: 'CONFIG_FOREIGN',
      problem: `${path} names a program to run, and belongs to the user 4321, who is neither this one (0) nor root.`,
    })
  })
})
