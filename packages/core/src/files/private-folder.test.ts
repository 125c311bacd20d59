import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { makePrivateFolder } from './private-folder.ts'

const root = mkdtempSync(join(tmpdir(), 'federate-test-'))
afterAll(() => rmSync(root, { recursive: true }))

describe('makePrivateFolder', () => {
  it('makes all that is missing, for its owner only, and is content with what is there', () => {
    const folder = join(root, 'a/b/c')
    makePrivateFolder(folder)
    makePrivateFolder(folder)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(statSync(join(root, 'a')).mode & 0o777).toBe(0o700)
  })

  it.runIf(process.platform === 'linux')('ends where a file system says ENOENT of everything', () => {
    expect(() => makePrivateFolder('/proc/federate/cache')).toThrow(expect.objectContaining({ code: 'ENOENT' }))
  })
})
