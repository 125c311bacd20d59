import { spawnSync } from 'node:child_process'
import { chmod, chown, lchown, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { asNobody } from './as-nobody.test-kit.ts'
import { readTrustedFile, refuseForeign, type TrustedKind } from './trusted-file.ts'

let root = ''
let folder = ''
let path = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'federate-trusted-'))
  folder = join(root, 'folder')
  path = join(folder, 'file')
  await mkdir(folder)
  await writeFile(path, 'text', { mode: 0o644 })
})
afterEach(() => rm(root, { recursive: true, force: true }))

const user = process.geteuid?.()
const isRoot = user === 0
const mayMount = isRoot && spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()]).status === 0
const somebody = 4321
const kind: TrustedKind = { prefix: 'THING', title: 'The thing', power: 'decides', closedTo: 'everybody' }
const read = async (name = path, as = kind) => new TextDecoder().decode((await readTrustedFile(name, as)).bytes)

describe.skipIf(process.platform === 'win32')('a file that is obeyed', () => {
  it('is read where only its owner can write, and its group', async () => {
    await chmod(path, 0o664)
    await chmod(folder, 0o775)
    expect(await read()).toBe('text')
  })

  it.each([
    [0o666, 'everybody', 'everybody', 'o-w'],
    [0o664, 'all others', 'others than its owner', 'go-w'],
  ] as const)('is refused with the mode %o where it is closed to %s', async (mode, closedTo, who, change) => {
    await chmod(path, mode)
    await expect(read(path, { ...kind, closedTo })).rejects.toMatchObject({
      code: 'THING_WRITABLE',
      outcome: 'usage',
      problem: `The thing ${path} can be written by ${who} (mode 0${mode.toString(8)}), and it decides.`,
      next: `Check what is in it, then run \`chmod ${change} ${path}\`.`,
      details: { path, mode },
    })
  })

  it('is refused in a folder in which everybody can exchange it, and by a link from or into one', async () => {
    await chmod(folder, 0o777)
    await expect(read()).rejects.toMatchObject({
      code: 'THING_FOLDER_OPEN',
      outcome: 'usage',
      problem: `The thing ${path} is in ${folder}, where everybody can put another in its place (mode 0777), and it decides.`,
      next: `Check what is in it, then run \`chmod o-w ${folder}\`, or move it to another folder.`,
    })
    const [closed, link] = [join(root, 'closed'), join(root, 'link')]
    await symlink(path, link)
    await expect(read(link)).rejects.toMatchObject({ code: 'THING_FOLDER_OPEN' })
    await writeFile(closed, 'closed')
    await symlink(closed, join(folder, 'link'))
    await expect(read(join(folder, 'link'))).rejects.toMatchObject({ code: 'THING_FOLDER_OPEN' })
  })

  it("is read in a folder that is everybody's by the sticky bit, where it is this user's own", async () => {
    await chmod(folder, 0o1777)
    expect(await read()).toBe('text')
  })

  // What a pod sees of a ConfigMap: https://github.com/kubernetes/kubernetes/issues/133641
  it.runIf(mayMount)('is read where nobody can write at all', () => {
    const source = new URL('trusted-file.ts', import.meta.url)
    const program = `import { readTrustedFile } from '${source}'
      const { bytes } = await readTrustedFile('${path}', ${JSON.stringify(kind)})
      process.stdout.write(bytes)`
    const mounted = (options: string) => {
      const lines = [
        `mount -t tmpfs -o mode=0777 tmpfs ${folder} && echo mounted > ${path} && mount -o remount,${options} ${folder}`,
        `exec '${process.execPath}' --input-type=module -e "$0"`,
      ]
      return spawnSync('unshare', ['-m', 'sh', '-c', lines.join('\n'), program], { encoding: 'utf8' })
    }
    expect(mounted('ro')).toMatchObject({ status: 0, stdout: 'mounted\n' })
    expect(mounted('rw').stderr).toContain('THING_FOLDER_OPEN')
  })
})

describe.runIf(isRoot)("somebody else's file, as root", () => {
  it('is read where it names no program, and says whose it is', async () => {
    await chown(path, somebody, somebody)
    const { owner } = await readTrustedFile(path, kind)
    expect(owner).toBe(somebody)
    expect(() => refuseForeign(path, owner, 'names a program to run', kind)).toThrow(
      expect.objectContaining({
        code: 'THING_FOREIGN',
        outcome: 'usage',
        problem: `The thing ${path} names a program to run, and belongs to the user 4321, who is neither this one (0) nor root.`,
        next: `Check what is in it, then run \`chown 0 ${path}\`.`,
        details: { path, owner: somebody },
      }),
    )
  })

  it("is refused in a folder that is everybody's, and by a link of theirs there", async () => {
    await chmod(folder, 0o1777)
    await chown(path, somebody, somebody)
    await expect(read()).rejects.toMatchObject({
      code: 'THING_FOREIGN',
      problem: `The thing ${path} is in ${folder}, where everybody can put files, and belongs to the user 4321, who is neither this one (0) nor root; it decides.`,
      next: `Check what is in it, then run \`chown 0 ${path}\`, or move it to another folder.`,
    })
    const [own, link] = [join(root, 'own'), join(root, 'tmp', 'link')]
    await writeFile(own, 'own')
    await mkdir(join(root, 'tmp'))
    await symlink(own, link)
    await lchown(link, somebody, somebody)
    expect(await read(link)).toBe('own')
    await chmod(join(root, 'tmp'), 0o1777)
    await expect(read(link)).rejects.toMatchObject({ code: 'THING_FOREIGN' })
  })
})

describe.skipIf(process.platform === 'win32')('as a user', () => {
  asNobody(() => root)

  it("takes root's file for trusted, and no other's", async () => {
    const { owner } = await readTrustedFile('/etc/passwd', kind)
    expect(() => refuseForeign('/etc/passwd', owner, 'names a program to run', kind)).not.toThrow()
    expect(() => refuseForeign(path, somebody, 'names a program to run', kind)).toThrow(
      `The thing ${path} names a program to run, and belongs to the user 4321, who is neither this one (${process.geteuid?.()}) nor root.`,
    )
  })
})
