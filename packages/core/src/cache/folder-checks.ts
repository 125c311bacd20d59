import { lstatSync } from 'node:fs'
import { FederateError } from '../errors.ts'
import { makePrivateFolder } from '../files/private-folder.ts'
import { isPrivate } from './private-file.ts'

/**
 * Makes the cache's folder where it is missing and checks whose it is.
 *
 * @throws FederateError `CACHE_UNUSABLE` (failed): it cannot be made, or others may use it.
 */
export function preparePrivateFolder(folder: string): void {
  const stats = madeFolder(folder)
  if (!stats.isDirectory()) throw unusable(folder, 'is no folder', 'Remove it.')
  if (isPrivate(stats)) return
  const [what, next] =
    stats.uid === process.geteuid?.()
      ? [`has the mode 0${(stats.mode & 0o777).toString(8)}`, `Run \`chmod 700 ${folder}\`.`]
      : [`belongs to the user ${stats.uid}`, 'Set CACHE_DIRECTORY or XDG_CACHE_HOME to a folder of this user.']
  throw unusable(folder, `${what}, so that others could put credentials there`, next)
}

function madeFolder(folder: string) {
  try {
    makePrivateFolder(folder)
    return lstatSync(folder)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    throw unusable(
      folder,
      `cannot be made (${code})`,
      'Set CACHE_DIRECTORY or XDG_CACHE_HOME to a writable folder.',
      cause,
    )
  }
}

function unusable(folder: string, what: string, next: string, cause?: unknown): FederateError {
  return new FederateError({
    code: 'CACHE_UNUSABLE',
    outcome: 'failed',
    problem: `The cache folder ${folder} ${what}.`,
    next,
    details: { folder },
    cause,
  })
}
