import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { secretFilePath } from './secret-file.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'federate-secret-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('secretFilePath', () => {
  it.skipIf(process.platform === 'win32')('refuses a folder in which everybody could exchange the secret', async () => {
    expect(await secretFilePath('acme.secret', folder)).toBe(join(folder, 'acme.secret'))
    await chmod(folder, 0o777)
    await expect(secretFilePath('acme.secret', folder)).rejects.toMatchObject({
      code: 'OUTPUT_FOLDER_OPEN',
      next: `Run \`chmod o-w ${folder}\`, or name another folder.`,
    })
  })
})
