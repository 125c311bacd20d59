import {
  chmod,
  chown,
  link,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asNobody } from '@federate/core/test-kit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { changeOutputFile } from './output-file.ts'

let folder = ''
let path = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'federate-output-'))
  path = join(folder, 'token')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const write = (text: string, options: { path?: string; mode?: number; owner?: { uid?: number; gid?: number } } = {}) =>
  changeOutputFile({ path, mode: 0o600, ...options }, () => text)
const refused = (code: string, problem: string) => ({ code, outcome: 'failed', problem })
const isRoot = process.geteuid?.() === 0

describe('changeOutputFile', () => {
  it('writes what is new, and says whether anything changed', async () => {
    expect(await write('one')).toBe(true)
    const { ino } = await stat(path)
    expect(await write('one')).toBe(false)
    expect((await stat(path)).ino).toBe(ino)
    expect(await write('two')).toBe(true)
    expect(await readFile(path, 'utf8')).toBe('two')
    expect(await readdir(folder)).toEqual(['token'])
  })

  it('puts a wrong mode right, which is no change of what is in it', async () => {
    await write('one')
    expect(await write('one', { mode: 0o640 })).toBe(false)
    expect((await stat(path)).mode & 0o777).toBe(0o640)
  })

  it('hands over what is there, so that the rest of a file can stay', async () => {
    await writeFile(path, 'rest\n', { mode: 0o600 })
    await changeOutputFile({ path, mode: 0o600 }, (before) => `${before}mine\n`)
    expect(await readFile(path, 'utf8')).toBe('rest\nmine\n')
  })

  it('leaves good content alone when there is nothing to write, or making it fails', async () => {
    await write('good')
    await expect(write('\n')).rejects.toMatchObject(
      refused('OUTPUT_EMPTY', `There is nothing to write to ${path}, and nothing is never written.`),
    )
    const failing = () => {
      throw new Error('not now')
    }
    await expect(changeOutputFile({ path, mode: 0o600 }, failing)).rejects.toThrow('not now')
    expect(await readFile(path, 'utf8')).toBe('good')
  })

  it('never writes through a symbolic link, and leaves it', async () => {
    const target = join(folder, 'target')
    await writeFile(target, 'untouched')
    await symlink(target, path)
    await expect(write('new')).rejects.toMatchObject(
      refused('OUTPUT_NOT_A_FILE', `${path} is a symbolic link, and credentials are written to plain files only.`),
    )
    expect((await lstat(path)).isSymbolicLink()).toBe(true)
    expect(await readFile(target, 'utf8')).toBe('untouched')
  })

  it('refuses a folder, and a file that has a second name', async () => {
    await mkdir(path)
    await expect(write('new')).rejects.toMatchObject(
      refused('OUTPUT_NOT_A_FILE', `${path} is a folder, and credentials are written to plain files only.`),
    )
    const [one, other] = [join(folder, 'one'), join(folder, 'other')]
    await writeFile(one, 'x')
    await link(one, other)
    await expect(write('new', { path: one })).rejects.toMatchObject(
      refused(
        'OUTPUT_FOREIGN',
        `${one} has 2 names (hard links), and only files of this user, or of the output's own, are written over.`,
      ),
    )
  })

  it('wants its folder to be there, and makes none', async () => {
    const missing = join(folder, 'none')
    await expect(write('new', { path: join(missing, 'token') })).rejects.toMatchObject(
      refused('OUTPUT_FOLDER_MISSING', `The folder ${missing} is not there, or cannot be reached (ENOENT).`),
    )
  })

  it.each([0o777, 0o1777, 0o770, 0o722])('refuses a folder that others can write to: %o', async (mode) => {
    await chmod(folder, mode)
    const octal = mode.toString(8).padStart(4, '0')
    await expect(write('new')).rejects.toMatchObject({
      ...refused(
        'OUTPUT_FOLDER_OPEN',
        `The folder ${folder} can be written by others (mode ${octal}), who could put a file of their own in the place of this one.`,
      ),
      next: `Run \`chmod go-w ${folder}\`, or name another folder.`,
    })
    expect(await readdir(folder)).toEqual([])
  })

  it('refuses a folder below one that others can write to; what is sticky, as /tmp, will do there', async () => {
    const inner = join(folder, 'inner')
    await mkdir(inner, { mode: 0o700 })
    await chmod(folder, 0o777)
    await expect(write('new', { path: join(inner, 'token') })).rejects.toMatchObject({ code: 'OUTPUT_FOLDER_OPEN' })
    await chmod(folder, 0o1777)
    expect(await write('new', { path: join(inner, 'token') })).toBe(true)
  })

  describe.runIf(isRoot)('as root', () => {
    it('gives the file to its user, in a folder of that user, and takes it for its own the next time', async () => {
      await chown(folder, 4321, 4321)
      const owner = { uid: 4321, gid: 4321 }
      expect(await write('one', { owner, mode: 0o640 })).toBe(true)
      expect(await stat(path)).toMatchObject({ uid: 4321, gid: 4321 })
      expect(await write('two', { owner, mode: 0o640 })).toBe(true)
      expect((await stat(path)).mode & 0o777).toBe(0o640)
    })

    it('puts a wrong owner right', async () => {
      await write('one')
      expect(await write('one', { owner: { gid: 4321 } })).toBe(false)
      expect((await stat(path)).gid).toBe(4321)
    })

    it("refuses another user's file, and another user's folder", async () => {
      await writeFile(path, 'theirs')
      await chown(path, 4321, 4321)
      await expect(write('new')).rejects.toMatchObject(
        refused(
          'OUTPUT_FOREIGN',
          `${path} belongs to the user 4321, and only files of this user, or of the output's own, are written over.`,
        ),
      )
      expect(await readFile(path, 'utf8')).toBe('theirs')
      await chown(folder, 4321, 4321)
      await expect(write('new', { path: join(folder, 'new') })).rejects.toMatchObject(
        refused(
          'OUTPUT_FOLDER_OPEN',
          `The folder ${folder} belongs to the user 4321, who could put a file of their own in the place of this one.`,
        ),
      )
    })
  })

  describe('as a user', () => {
    asNobody(() => folder)

    it('says that a file cannot be read, and whose it is', async () => {
      await writeFile(path, 'closed')
      await chmod(path, 0)
      await expect(write('new')).rejects.toMatchObject(
        refused(
          'OUTPUT_FOREIGN',
          `${path} cannot be read (EACCES) and belongs to the user ${process.geteuid?.()}, and only files of this user, or of the output's own, are written over.`,
        ),
      )
    })

    it("refuses root's file, although everybody may read it", async () => {
      await expect(write('new', { path: '/etc/passwd' })).rejects.toMatchObject(
        refused(
          'OUTPUT_FOREIGN',
          "/etc/passwd belongs to the user 0, and only files of this user, or of the output's own, are written over.",
        ),
      )
    })

    it('says that a folder cannot be written to', async () => {
      await chmod(folder, 0o500)
      await expect(write('new')).rejects.toMatchObject(
        refused('FILE_NOT_WRITTEN', `${path} could not be written (EACCES).`),
      )
      await chmod(folder, 0o700)
    })
  })
})
