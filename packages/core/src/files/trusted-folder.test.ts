import { chmod, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { refuseOpenPlace } from './trusted-folder.ts'

let root = ''
let open = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'federate-place-'))
  open = join(root, 'open')
  await mkdir(open)
  await chmod(open, 0o777)
})
afterEach(() => rm(root, { recursive: true }))

describe.skipIf(process.platform === 'win32')('a place for what programs go by', () => {
  it('is refused where everybody could exchange it, by a link to such a folder, and where the folder would be made there', async () => {
    await symlink(open, join(root, 'link'))
    for (const [path, folder] of [
      [join(open, 'file'), open],
      [join(open, 'new/deeper/file'), open],
      [join(root, 'link/file'), join(root, 'link')],
    ] as const) {
      await expect(refuseOpenPlace(path)).rejects.toMatchObject({
        code: 'OUTPUT_FOLDER_OPEN',
        outcome: 'failed',
        problem: `The folder ${folder} can be written by everybody (mode 0777), who could put a file of their own in the place of this one.`,
        next: `Run \`chmod o-w ${folder}\`, or name another folder.`,
      })
    }
  })

  it.each([0o755, 0o775, 0o1777])('may have a folder of %o', async (mode) => {
    await chmod(open, mode)
    await expect(refuseOpenPlace(join(open, 'file'))).resolves.toBeUndefined()
  })
})
