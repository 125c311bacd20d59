import { chmod, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { asNobody } from './as-nobody.test-kit.ts'
import { writeFileAtomically } from './atomic-file.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'federate-atomic-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const modeOf = async (path: string) => (await stat(path)).mode & 0o777

describe('writeFileAtomically', () => {
  it('writes a new file with its mode and leaves nothing else behind', async () => {
    const path = join(folder, 'secret')
    await writeFileAtomically(path, 'text ✓\n', { mode: 0o600 })
    expect(await readFile(path, 'utf8')).toBe('text ✓\n')
    expect(await modeOf(path)).toBe(0o600)
    expect(await readdir(folder)).toEqual(['secret'])
  })

  it('replaces a file, its mode included', async () => {
    const path = join(folder, 'secret')
    await writeFile(path, 'old and longer')
    await chmod(path, 0o644)
    await writeFileAtomically(path, 'new', { mode: 0o600 })
    expect(await readFile(path, 'utf8')).toBe('new')
    expect(await modeOf(path)).toBe(0o600)
  })

  it('gives it exactly its mode, whatever the umask, where that is asked for', async () => {
    const [narrowed, exact] = [join(folder, 'narrowed'), join(folder, 'exact')]
    const umask = process.umask(0o077)
    try {
      await writeFileAtomically(narrowed, 'text', { mode: 0o640 })
      await writeFileAtomically(exact, 'text', { mode: 0o640, exactMode: true })
    } finally {
      process.umask(umask)
    }
    expect([await modeOf(narrowed), await modeOf(exact)]).toEqual([0o600, 0o640])
  })

  it.runIf(process.geteuid?.() === 0)('gives it to another user, where this process may', async () => {
    const path = join(folder, 'given')
    await writeFileAtomically(path, 'text', { mode: 0o640, exactMode: true, owner: { uid: 4321 } })
    expect(await stat(path)).toMatchObject({ uid: 4321, gid: process.getegid?.() })
    expect(await modeOf(path)).toBe(0o640)
  })

  describe('where it may not give a file away', () => {
    asNobody(() => folder)

    it('leaves nothing behind', async () => {
      const path = join(folder, 'given')
      await expect(writeFileAtomically(path, 'text', { mode: 0o600, owner: { uid: 4321 } })).rejects.toMatchObject({
        code: 'FILE_NOT_WRITTEN',
        problem: `${path} could not be written (EPERM).`,
      })
      expect(await readdir(folder)).toEqual([])
    })
  })

  it('replaces a symbolic link and leaves alone what it leads to', async () => {
    const [target, link] = [join(folder, 'target'), join(folder, 'link')]
    await writeFile(target, 'untouched')
    await symlink(target, link)
    await writeFileAtomically(link, 'new', { mode: 0o600 })
    expect(await readFile(target, 'utf8')).toBe('untouched')
    expect(await readFile(link, 'utf8')).toBe('new')
    await expect(readlink(link)).rejects.toMatchObject({ code: 'EINVAL' })
  })

  it('shows readers the old text or the new one', async () => {
    const path = join(folder, 'file')
    const texts = ['a'.repeat(100_000), 'b'.repeat(200_000)]
    await writeFile(path, texts[0] ?? '')
    const seen = new Set<string>()
    const writing = Promise.all(
      Array.from({ length: 10 }, (_, index) => writeFileAtomically(path, texts[index % 2] ?? '', { mode: 0o600 })),
    )
    for (let count = 0; count < 20; count++) seen.add(await readFile(path, 'utf8'))
    await writing
    expect(texts).toEqual(expect.arrayContaining([...seen]))
    expect(await readdir(folder)).toEqual(['file'])
  })

  it('says which folder is missing', async () => {
    const path = join(folder, 'none', 'file')
    await expect(writeFileAtomically(path, '', { mode: 0o600 })).rejects.toMatchObject({
      code: 'FILE_NOT_WRITTEN',
      outcome: 'failed',
      message: `${path} could not be written (ENOENT). Create the folder, or name another path.`,
    })
  })

  it('cleans up when the rename fails', async () => {
    const path = join(folder, 'taken')
    await mkdir(join(path, 'inner'), { recursive: true })
    await expect(writeFileAtomically(path, 'x', { mode: 0o600 })).rejects.toMatchObject({
      code: 'FILE_NOT_WRITTEN',
      next: 'A folder has this name: name another path.',
    })
    expect(await readdir(folder)).toEqual(['taken'])
  })
})
