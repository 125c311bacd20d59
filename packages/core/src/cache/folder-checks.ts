import { lstatSync } from 'node:fs'
import { FederateError } from '../errors.ts'
import { makePrivateFolder } from '../files/private-folder.ts'
import { isPrivate } from './private-file.ts'

/** What a private folder is for, for messages. */
export interface PrivateFolderKind {
  /** Of the error when it cannot be used. */
  readonly code: string
  /** What it is called. */
  readonly title: string
  /** How another one is named, as a sentence that ends with what it shall be: "Set CACHE_DIRECTORY to". */
  readonly another: string
}

const cache: PrivateFolderKind = {
  code: 'CACHE_UNUSABLE',
  title: 'cache folder',
  another: 'Set CACHE_DIRECTORY or XDG_CACHE_HOME to',
}

/**
 * Makes a folder for what only this user may see, where it is missing, and checks whose it is.
 *
 * @param kind Default: the cache's folder.
 * @throws FederateError (failed) of the kind's code, for the cache `CACHE_UNUSABLE`: it cannot be made, or others may use it.
 */
export function preparePrivateFolder(folder: string, kind: PrivateFolderKind = cache): void {
  const stats = madeFolder(folder, kind)
  if (!stats.isDirectory()) throw unusable(folder, kind, 'is no folder', 'Remove it.')
  if (isPrivate(stats)) return
  const mode = stats.mode & 0o7777
  if (stats.uid !== process.geteuid?.()) {
    const what = `belongs to the user ${stats.uid}, so that others could put credentials there`
    throw unusable(folder, kind, what, `${kind.another} a folder of this user.`)
  }
  // A folder for all, as the one for temporary files is, shall stay one.
  const next = (mode & 0o1000) === 0 ? `Run \`chmod 700 ${folder}\`.` : `${kind.another} a folder of this user alone.`
  const octal = mode.toString(8).padStart(4, '0')
  throw unusable(folder, kind, `has the mode ${octal}, so that others could put credentials there`, next)
}

function madeFolder(folder: string, kind: PrivateFolderKind) {
  try {
    makePrivateFolder(folder)
    return lstatSync(folder)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    throw unusable(
      folder,
      kind,
      `cannot be made (${code})`,
      `${kind.another} a folder that this user may write to.`,
      cause,
    )
  }
}

function unusable(
  folder: string,
  { code, title }: PrivateFolderKind,
  what: string,
  next: string,
  cause?: unknown,
): FederateError {
  return new FederateError({
    code,
    outcome: 'failed',
    problem: `The ${title} ${folder} ${what}.`,
    next,
    details: { folder },
    cause,
  })
}
