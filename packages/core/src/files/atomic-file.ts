import { randomBytes } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { FederateError } from '../errors.ts'

/** By number; what is not named stays this process's. */
export interface FileOwner {
  readonly uid?: number | undefined
  readonly gid?: number | undefined
}

export interface AtomicFileOptions {
  /** Permissions of the new file, given when it is made and narrowed by the process's umask: 0o600 for secrets. */
  readonly mode: number
  /** Whether the new file has exactly this mode, whatever the process's umask. Default: the umask narrows it. */
  readonly exactMode?: boolean
  /** Who the new file belongs to, before there is a word in it. Default: this process's user and group. */
  readonly owner?: FileOwner | undefined
  /** Whether the text is on the disk before the old one is gone. Default: true; a cache has no need of it. */
  readonly flush?: boolean
}

/**
 * Replaces a file so that readers see the old text or the new one, never a part, and a crash leaves one of the two.
 *
 * The text goes to a new file in the same folder (`O_EXCL`), is flushed to the disk and renamed. A symbolic link at
 * `path` is replaced, not followed: nobody can lead the write elsewhere by planting one.
 *
 * @throws FederateError `FILE_NOT_WRITTEN` (failed) with the system's error as its cause; nothing is left behind then.
 */
export async function writeFileAtomically(path: string, text: string, options: AtomicFileOptions): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    await writeNewFile(temporary, text, options)
    await rename(temporary, path)
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw notWritten(path, cause)
  }
}

async function writeNewFile(path: string, text: string, options: AtomicFileOptions): Promise<void> {
  const { mode, exactMode = false, owner, flush = true } = options
  // Nobody may open it before it belongs to whom it shall.
  const file = await open(path, 'wx', owner === undefined ? mode : mode & 0o600)
  try {
    // -1: stays as it is (chown(2)).
    if (owner !== undefined) await file.chown(owner.uid ?? -1, owner.gid ?? -1)
    if (exactMode) await file.chmod(mode)
    await file.writeFile(text, 'utf8')
    if (flush) await file.sync()
  } finally {
    await file.close()
  }
}

const nextSteps: Readonly<Record<string, string>> = {
  ENOENT: 'Create the folder, or name another path.',
  ENOTDIR: 'Name a path whose parent is a folder.',
  EISDIR: 'A folder has this name: name another path.',
  EACCES: 'Run as a user who may write to the folder, or name another path.',
  EPERM: 'Run as a user who may write to the folder, or name another path.',
  EROFS: 'The file system is read-only: name another path.',
  ENOSPC: 'The disk is full: free some space and run it again.',
  EDQUOT: "The user's share of the disk is used up: free some space and run it again.",
  EFBIG: 'This process may not write files of that size: raise its limit (`ulimit -f`).',
}

function notWritten(path: string, cause: unknown): FederateError {
  const code =
    cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : 'unknown error'
  return new FederateError({
    code: 'FILE_NOT_WRITTEN',
    outcome: 'failed',
    problem: `${path} could not be written (${code}).`,
    next: nextSteps[code] ?? 'Check the path and the disk, then run it again.',
    details: { path, systemCode: code },
    cause,
  })
}
