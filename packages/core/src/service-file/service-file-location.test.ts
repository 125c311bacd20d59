import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AuthReference } from './service.ts'
import { formatServiceFile } from './service-file-format.ts'
import { readServiceFile, resolveServiceFile } from './service-file-location.ts'

let cwd = ''
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'federate-service-'))
})
afterEach(() => rm(cwd, { recursive: true, force: true }))

const touch = (name: string) => writeFile(join(cwd, name), '{}')

describe('resolveServiceFile', () => {
  it('takes a path, absolute or from the current folder', async () => {
    expect(await resolveServiceFile({ path: '/etc/b.federate.json', env: {}, cwd })).toBe('/etc/b.federate.json')
    expect(await resolveServiceFile({ path: 'x/b.json', env: {}, cwd })).toBe(join(cwd, 'x/b.json'))
    expect(await resolveServiceFile({ path: 'billing.federate.json', env: {}, cwd })).toBe(
      join(cwd, 'billing.federate.json'),
    )
    expect(await resolveServiceFile({ path: './billing', env: {}, cwd })).toBe(join(cwd, 'billing'))
  })

  it("takes a service's name", async () => {
    expect(await resolveServiceFile({ path: 'billing', env: {}, cwd })).toBe(join(cwd, 'billing.federate.json'))
    expect(await resolveServiceFile({ path: 'billing.eu', env: {}, cwd })).toBe(join(cwd, 'billing.eu.federate.json'))
  })

  it('asks -s before FEDERATE_SERVICE, and takes an empty one for none', async () => {
    const env = { FEDERATE_SERVICE: '/etc/env.json' }
    expect(await resolveServiceFile({ env, cwd })).toBe('/etc/env.json')
    expect(await resolveServiceFile({ path: 'a.json', env, cwd })).toBe(join(cwd, 'a.json'))
    await touch('only.federate.json')
    expect(await resolveServiceFile({ env: { FEDERATE_SERVICE: '' }, cwd })).toBe(join(cwd, 'only.federate.json'))
  })

  it('looks in the folder that FEDERATE_SERVICE names', async () => {
    const folder = join(cwd, 'sandbox')
    await mkdir(folder)
    for (const named of [folder, './sandbox', 'sandbox/']) {
      const env = { FEDERATE_SERVICE: named }
      await expect(resolveServiceFile({ env, cwd })).rejects.toMatchObject({
        code: 'SERVICE_FILE_MISSING',
        problem: `No service is named, and there is no *.federate.json in ${folder}.`,
      })
      expect(await resolveServiceFile({ path: 'billing', env, cwd })).toBe(join(folder, 'billing.federate.json'))
      expect(await resolveServiceFile({ path: 'x.json', env, cwd })).toBe(join(cwd, 'x.json'))
    }
    await touch('sandbox/only.federate.json')
    await touch('here.federate.json')
    expect(await resolveServiceFile({ env: { FEDERATE_SERVICE: folder }, cwd })).toBe(
      join(folder, 'only.federate.json'),
    )
    // A name is a service's, also where a folder has it.
    expect(await resolveServiceFile({ env: { FEDERATE_SERVICE: 'sandbox' }, cwd })).toBe(
      join(cwd, 'sandbox.federate.json'),
    )
  })

  it('takes the only one there is', async () => {
    await touch('only.federate.json')
    await touch('other.json')
    await touch('.federate.json')
    expect(await resolveServiceFile({ env: {}, cwd })).toBe(join(cwd, 'only.federate.json'))
  })

  it('lists several', async () => {
    await touch('b.federate.json')
    await touch('a.federate.json')
    await expect(resolveServiceFile({ env: {}, cwd })).rejects.toMatchObject({
      code: 'SERVICE_FILE_AMBIGUOUS',
      outcome: 'usage',
      message: `No service is named, and there are 2 service files in ${cwd}: a.federate.json, b.federate.json. Name one with -s or FEDERATE_SERVICE, such as -s a.federate.json.`,
    })
  })

  it('says how to get one', async () => {
    const message = (folder: string) =>
      `No service is named, and there is no *.federate.json in ${folder}. Name the service file with -s or FEDERATE_SERVICE. Run \`federate setup\` where federate.yaml is: it writes the file for this host.`
    for (const folder of [cwd, join(cwd, 'none')]) {
      await expect(resolveServiceFile({ env: {}, cwd: folder })).rejects.toMatchObject({
        code: 'SERVICE_FILE_MISSING',
        outcome: 'usage',
        message: message(folder),
      })
    }
  })
})

describe('readServiceFile', () => {
  it('reads', async () => {
    const path = join(cwd, 'billing.federate.json')
    const file = {
      version: 1 as const,
      service: 'billing',
      issuer: { url: 'https://i.example', kind: 'oidc' as const },
      clientId: 'billing',
      auth: { method: 'token_file' as const, file: '/run/token' },
      targets: {},
    }
    await writeFile(path, formatServiceFile(file))
    expect(await readServiceFile(path)).toEqual(file)
  })

  it('names a file that is not there, and the one that was probably meant', async () => {
    await touch('billing.federate.json')
    const path = join(cwd, 'biling.federate.json')
    await expect(readServiceFile(path)).rejects.toMatchObject({
      code: 'SERVICE_FILE_MISSING',
      outcome: 'usage',
      message: `There is no service file ${path}. Did you mean ${join(cwd, 'billing.federate.json')}? Name another with -s or FEDERATE_SERVICE. Run \`federate setup\` where federate.yaml is: it writes the file for this host.`,
    })
  })

  it('says that a folder is no file', async () => {
    await expect(readServiceFile(cwd)).rejects.toMatchObject({
      code: 'SERVICE_FILE_UNREADABLE',
      problem: `The service file ${cwd} could not be read (EISDIR).`,
    })
  })
})

describe.skipIf(process.platform === 'win32')('a service file that everybody may write', () => {
  it('is not read', async () => {
    const path = join(cwd, 'billing.federate.json')
    await touch('billing.federate.json')
    await chmod(path, 0o666)
    await expect(readServiceFile(path)).rejects.toMatchObject({
      code: 'SERVICE_FILE_WRITABLE',
      outcome: 'usage',
      problem: `The service file ${path} can be written by everybody (mode 0666), and it says where secrets are sent.`,
      next: `Check what is in it, then run \`chmod o-w ${path}\`.`,
    })
  })
})

describe.runIf(process.geteuid?.() === 0)("somebody else's service file, as root", () => {
  const write = async (auth: AuthReference) => {
    const path = join(cwd, 'billing.federate.json')
    const issuer = { url: 'https://i.example', kind: 'oidc' as const }
    await writeFile(
      path,
      formatServiceFile({ version: 1, service: 'billing', issuer, clientId: 'billing', auth, targets: {} }),
    )
    await chown(path, 4321, 4321)
    return path
  }

  it('is read, as containers of root need it for a checkout', async () => {
    const path = await write({ method: 'client_secret_basic', secret: { file: '/run/secret' } })
    expect((await readServiceFile(path)).service).toBe('billing')
  })

  it('is refused where it names a program to run', async () => {
    const path = await write({ method: 'token_command', command: ['id'] })
    await expect(readServiceFile(path)).rejects.toMatchObject({
      code: 'SERVICE_FILE_FOREIGN',
      outcome: 'usage',
      message: `The service file ${path} names a program to run, and belongs to the user 4321, who is neither this one (0) nor root. Check what is in it, then run \`chown 0 ${path}\`.`,
    })
    await chown(path, 0, 0)
    expect((await readServiceFile(path)).auth).toEqual({ method: 'token_command', command: ['id'] })
  })
})
