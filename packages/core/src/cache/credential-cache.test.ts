import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FederateError } from '../errors.ts'
import { errorOf } from '../test-support.ts'
import { cacheWorld, type Lent } from './cache-world.test-kit.ts'
import { clearCache, listCache } from './sweep.ts'

async function entryPath(folder: string): Promise<string> {
  const name = (await readdir(folder)).find((one) => one.endsWith('.json'))
  if (name === undefined) throw new Error(`no entry in ${folder}`)
  return join(folder, name)
}

describe('what is kept', () => {
  it('is served until 16 minutes before it expires, then renewed', async () => {
    const { get, forward } = await cacheWorld()
    expect(await get()).toBe('lent-1')
    forward(3600 - 16 * 60 - 1)
    expect(await get()).toBe('lent-1')
    forward(1)
    expect(await get()).toBe('lent-2')
  })

  it('is served for half of its life when it lives for fifteen minutes', async () => {
    const { get, forward, world } = await cacheWorld()
    world.lifetime = 900
    await get()
    forward(449)
    expect(await get()).toBe('lent-1')
    forward(1)
    expect(await get()).toBe('lent-2')
  })

  it('is of one target and of what shaped it', async () => {
    const { get } = await cacheWorld()
    expect([await get('s3'), await get('s4'), await get('s3', 'b'), await get('s3')]).toEqual([
      'lent-1',
      'lent-2',
      'lent-3',
      'lent-1',
    ])
  })

  it('is readable by nobody else', async () => {
    const { get, folder } = await cacheWorld()
    await get()
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
    expect((await stat(await entryPath(folder))).mode & 0o777).toBe(0o600)
    expect(await readdir(folder)).toHaveLength(1)
  })

  it('is asked for once by many at the same time', async () => {
    const { get, world } = await cacheWorld()
    expect(new Set(await Promise.all(Array.from({ length: 20 }, () => get())))).toEqual(new Set(['lent-1']))
    expect(world.asked).toBe(1)
  })

  it('is not believed after the clock was set back by a day', async () => {
    const { get, forward } = await cacheWorld()
    await get()
    forward(-86_400)
    expect(await get()).toBe('lent-2')
  })

  it('is listed without secrets, cleared, and removed when it is old', async () => {
    const { get, folder } = await cacheWorld()
    await get()
    expect(listCache(folder)).toMatchObject([{ subject: { cloud: 'some', service: 'billing', target: 's3' } }])
    expect(clearCache(folder)).toBe(1)
    expect(listCache(folder)).toEqual([])
    expect(await get()).toBe('lent-2')
  })
})

describe('a caller that does not want them any more', () => {
  it('waits no longer for another one that is being asked', async () => {
    const { cache, request } = await cacheWorld()
    const { promise, resolve } = Promise.withResolvers<Lent>()
    const first = cache().get({ ...request(), exchange: () => promise })
    const controller = new AbortController()
    const second = cache().get({ ...request(), signal: controller.signal })
    setTimeout(() => controller.abort(new Error('ending')), 20)
    await expect(second).rejects.toThrow('ending')
    resolve({ name: 'lent', expiresAt: new Date(Date.UTC(2027, 0, 1)) })
    expect((await first).credentials.name).toBe('lent')
  })

  it('leaves no failure for others to be told', async () => {
    const { cache, request, get } = await cacheWorld()
    const signal = AbortSignal.abort()
    const ending = new FederateError({ code: 'ENDING', outcome: 'failed', problem: 'It ends.', next: 'Wait.' })
    const given = { ...request(), signal, exchange: () => Promise.reject(ending) }
    expect((await errorOf(() => cache().get(given))).code).toBe('ENDING')
    expect(await get()).toBe('lent-1')
  })
})

describe('a renewal that fails', () => {
  it('leaves the old ones served while they live, and says so', async () => {
    const { get, forward, world } = await cacheWorld()
    await get()
    forward(3000)
    world.down = true
    expect(await get()).toBe('lent-1')
    expect(world.warnings).toEqual(['The issuer is down. The old credentials are used until 2026-01-01T01:00:00.000Z.'])
    forward(600)
    expect(await errorOf(() => get())).toMatchObject({ code: 'ISSUER_UNREACHABLE', problem: 'The issuer is down.' })
  })

  it('is told to who has the old ones and asks for newer ones, whoever failed', async () => {
    const { get, getNewer, forward, world } = await cacheWorld()
    const obtained = world.now
    await get()
    forward(1800)
    world.down = true
    for (const _ of [1, 2]) {
      expect(await errorOf(() => getNewer(obtained))).toMatchObject({ code: 'ISSUER_UNREACHABLE' })
    }
    expect(world.asked).toBe(2)
    expect(await get()).toBe('lent-1')
    forward(5)
    world.down = false
    expect(await getNewer(obtained)).toBe('lent-3')
  })

  it('is remembered for five seconds, with old credentials and without', async () => {
    const { get, forward, world } = await cacheWorld()
    world.down = true
    for (const _ of [1, 2, 3]) expect((await errorOf(() => get())).code).toBe('ISSUER_UNREACHABLE')
    expect(world.asked).toBe(1)
    forward(5)
    world.down = false
    expect(await get()).toBe('lent-2')
    forward(3000)
    world.down = true
    expect([await get(), await get(), await get()]).toEqual(['lent-2', 'lent-2', 'lent-2'])
    expect(world.asked).toBe(3)
  })
})

describe('a file that cannot be trusted', () => {
  const replaced: [string, (path: string) => Promise<void>][] = [
    ['corrupt', (path) => writeFile(path, '{"version":1,')],
    ['empty', (path) => writeFile(path, '')],
    ['readable by others', (path) => chmod(path, 0o644)],
    ['of another shape', (path) => writeFile(path, '{"version":1,"fingerprint":"x","subject":{},"kept":{}}')],
  ]
  it.each(replaced)('is as good as none: %s', async (_name, replace) => {
    const { get, folder } = await cacheWorld()
    await get()
    await replace(await entryPath(folder))
    expect(await get()).toBe('lent-2')
    expect(await get()).toBe('lent-2')
  })

  it('is as good as none: a record that is not the cloud’s', async () => {
    const { get, folder } = await cacheWorld()
    await get()
    const path = await entryPath(folder)
    await writeFile(path, (await readFile(path, 'utf8')).replace('"name"', '"other"'))
    expect(await get()).toBe('lent-2')
  })

  it('is as good as none: a link', async () => {
    const { get, folder, root } = await cacheWorld()
    await get()
    const path = await entryPath(folder)
    await writeFile(join(root, 'moved'), await readFile(path, 'utf8'), { mode: 0o600 })
    await writeFile(path, '')
    clearCache(folder)
    await symlink(join(root, 'moved'), path)
    expect(await get()).toBe('lent-2')
  })
})

describe('a folder that cannot be used', () => {
  it('is one that others may write to', async () => {
    const { get, folder, world } = await cacheWorld()
    await mkdir(folder)
    await chmod(folder, 0o777)
    expect([await get(), await get()]).toEqual(['lent-1', 'lent-2'])
    expect(world.warnings[0]).toBe(
      `The cache folder ${folder} has the mode 0777, so that others could put credentials there. Run \`chmod 700 ${folder}\`. Nothing is cached meanwhile.`,
    )
  })

  it('is a file', async () => {
    const { get, folder, world } = await cacheWorld()
    await writeFile(folder, '')
    expect(await get()).toBe('lent-1')
    expect(world.warnings[0]).toContain(`The cache folder ${folder} is no folder.`)
  })
})

describe('a folder that cannot be looked into', () => {
  it.each([
    ['CACHE_UNREADABLE', 'listed', listCache],
    ['CACHE_UNREADABLE', 'cleared', clearCache],
  ])('is said to be so, %s, where it is %s', async (code, _, look) => {
    const { folder } = await cacheWorld()
    await writeFile(folder, 'no folder')
    expect(() => look(folder)).toThrow(
      expect.objectContaining({
        code,
        outcome: 'failed',
        message: `The cache folder ${folder} cannot be read (ENOTDIR). Run it as the user whose cache it is, or set CACHE_DIRECTORY to the folder that is meant.`,
      }),
    )
  })

  it('is said to be so where nothing in it can be removed', async () => {
    const { folder } = await cacheWorld()
    await mkdir(join(folder, 'is a folder'), { recursive: true })
    expect(() => clearCache(folder)).toThrow(
      expect.objectContaining({
        code: 'CACHE_NOT_CLEARED',
        problem: `The cache folder ${folder} could not be cleared (ERR_FS_EISDIR).`,
      }),
    )
  })
})
