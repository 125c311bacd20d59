import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a folder and those above it that are missing, for its owner only.
 *
 * Not by `recursive`: where a file system answers ENOENT although the parent is there, as /proc does, Node's own loops for
 * ever.
 *
 * @throws the system's error.
 */
export function makePrivateFolder(folder: string): void {
  if (made(folder)) return
  const parent = dirname(folder)
  if (parent !== folder) makePrivateFolder(parent)
  mkdirSync(folder, { mode: 0o700 })
}

/** Whether it is there now; `false` where its parent is missing. */
function made(folder: string): boolean {
  try {
    mkdirSync(folder, { mode: 0o700 })
    return true
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EEXIST') return true
    if (code === 'ENOENT') return false
    throw error
  }
}
