import { constants } from 'node:fs'
import { type FileHandle, lstat, open } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { FederateError, type FileOwner, trustedFolder, writeFileAtomically } from '@federate/core'

export interface OutputFileOptions {
  readonly path: string
  readonly mode: number
  readonly owner?: FileOwner | undefined
}

/** A file as it is now. */
interface Present {
  readonly text: string
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

const maximumBytes = 1_000_000

/**
 * Puts a text into a file, for who reads credentials from it. What stands there stays until the new text is on the disk,
 * and a file that is as it should be is not touched. A file of somebody else, a link, a folder, and what lies where others
 * could exchange it is left alone.
 *
 * @param change Gets what is in the file, empty where there is none, and gives what shall be: never nothing.
 * @returns whether what is in it changed.
 * @throws FederateError (failed) `OUTPUT_FOLDER_MISSING`, `OUTPUT_FOLDER_OPEN`, `OUTPUT_NOT_A_FILE`, `OUTPUT_FOREIGN`,
 *   `OUTPUT_EMPTY`, `FILE_NOT_WRITTEN`, and what `change` throws.
 */
export async function changeOutputFile(
  { path: named, mode, owner }: OutputFileOptions,
  change: (before: string) => string,
): Promise<boolean> {
  const path = join(await trustedFolder(dirname(named), owner?.uid), basename(named))
  const present = await presentAt(path, owner?.uid)
  const text = change(present?.text ?? '')
  if (text.trim() === '') throw empty(path)
  if (present !== undefined && present.text === text && isAsWanted(present, mode, owner)) return false
  await writeFileAtomically(path, text, { mode, exactMode: true, owner })
  return present?.text !== text
}

function isAsWanted(present: Present, mode: number, owner: FileOwner | undefined): boolean {
  if (process.platform === 'win32') return true
  const { uid = process.geteuid?.(), gid } = owner ?? {}
  return present.mode === mode && present.uid === uid && (gid === undefined || present.gid === gid)
}

async function presentAt(path: string, owner: number | undefined): Promise<Present | undefined> {
  const file = await openPlain(path)
  if (file === undefined) return undefined
  try {
    const { uid, gid, mode, nlink, size } = await plainStats(file, path)
    const user = process.geteuid?.()
    if (user !== undefined && uid !== user && uid !== owner) throw foreign(path, `belongs to the user ${uid}`)
    // By another name it may be a file that its owner was never meant to see in this place.
    if (nlink > 1) throw foreign(path, `has ${nlink} names (hard links)`)
    const text = size > maximumBytes ? '' : await file.readFile('utf8')
    return { text, mode: mode & 0o7777, uid, gid }
  } finally {
    await file.close()
  }
}

async function openPlain(path: string): Promise<FileHandle | undefined> {
  try {
    // A link would lead elsewhere; a FIFO would wait for ever.
    return await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    if (code === 'ENOENT') return undefined
    if (code === 'ELOOP') throw notPlain(path, 'a symbolic link')
    if (code === 'ENXIO') throw notPlain(path, 'a socket or a device')
    throw foreign(path, `cannot be read (${code}) and belongs to the user ${(await lstat(path)).uid}`)
  }
}

async function plainStats(file: FileHandle, path: string) {
  const stats = await file.stat()
  if (stats.isFile()) return stats
  throw notPlain(path, stats.isDirectory() ? 'a folder' : 'no plain file')
}

function notPlain(path: string, what: string): FederateError {
  return new FederateError({
    code: 'OUTPUT_NOT_A_FILE',
    outcome: 'failed',
    problem: `${path} is ${what}, and credentials are written to plain files only.`,
    next: 'Remove it, or name another path.',
    details: { path },
  })
}

function foreign(path: string, what: string): FederateError {
  return new FederateError({
    code: 'OUTPUT_FOREIGN',
    outcome: 'failed',
    problem: `${path} ${what}, and only files of this user, or of the output's own, are written over.`,
    next: 'Remove it, name its user in the output, or name another path.',
    details: { path },
  })
}

function empty(path: string): FederateError {
  return new FederateError({
    code: 'OUTPUT_EMPTY',
    outcome: 'failed',
    problem: `There is nothing to write to ${path}, and nothing is never written.`,
    next: 'Please report it with this message.',
    details: { path },
  })
}
