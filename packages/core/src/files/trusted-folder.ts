import { lstat, realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { FederateError } from '../errors.ts'

/**
 * The real path of a folder into which something secret may be written: nobody but root, this process's user and `owner`
 * can put, replace or remove a file there, or lead the way to it elsewhere. On Windows its ACL has to do.
 *
 * @param owner The user to whom the file will belong.
 * @throws FederateError (failed) `OUTPUT_FOLDER_MISSING`, `OUTPUT_FOLDER_OPEN`.
 */
export async function trustedFolder(folder: string, owner: number | undefined): Promise<string> {
  const real = await realFolder(folder)
  const user = process.geteuid?.()
  if (user === undefined) return real
  await refuseOpen(real, new Set([0, user, owner ?? user]), false)
  // A folder above that somebody else owns could be moved away, and another one put in its place.
  for (let above = dirname(real); ; above = dirname(above)) {
    await refuseOpen(above, new Set([0, user]), true)
    if (above === dirname(above)) return real
  }
}

/**
 * Refuses a place where everybody could exchange what is written there: a secret, or what programs go by. Where the folder is
 * still to be made, the one that it would be made in counts. What is in a folder for all, as the one for temporary files is
 * (the sticky bit), nobody else can move away. On Windows its ACL has to do.
 *
 * Groups and owners of the folder are left to who names it: a container of root works on folders of other users.
 *
 * @throws FederateError (failed) `OUTPUT_FOLDER_OPEN`.
 */
export async function refuseOpenPlace(path: string): Promise<void> {
  if (process.geteuid === undefined) return
  const folder = dirname(path)
  const mode = await stat(folder).then(
    (stats) => stats.mode,
    () => undefined,
  )
  if (mode === undefined && folder !== dirname(folder)) return refuseOpenPlace(folder)
  if (mode === undefined || (mode & 0o002) === 0 || (mode & 0o1000) !== 0) return
  throw writable(folder, mode, 'everybody', 'o-w')
}

async function realFolder(folder: string): Promise<string> {
  try {
    return await realpath(folder)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    throw new FederateError({
      code: 'OUTPUT_FOLDER_MISSING',
      outcome: 'failed',
      problem: `The folder ${folder} is not there, or cannot be reached (${code}).`,
      next: 'Make it, for who reads the file and this user alone: federate makes files, and no folders.',
      details: { folder, systemCode: code },
      cause,
    })
  }
}

/** @param sticky Whether the sticky bit is enough, as the folder for temporary files has it: others can add, and move nothing away. */
async function refuseOpen(folder: string, owners: ReadonlySet<number>, sticky: boolean): Promise<void> {
  const { uid, mode } = await lstat(folder)
  if (!owners.has(uid)) throw open(folder, `belongs to the user ${uid}`, 'Name a folder of this user, or of root.')
  if ((mode & 0o022) === 0 || (sticky && (mode & 0o1000) !== 0)) return
  throw writable(folder, mode, 'others', 'go-w')
}

function writable(folder: string, mode: number, who: string, change: string): FederateError {
  const octal = (mode & 0o7777).toString(8).padStart(4, '0')
  const next = `Run \`chmod ${change} ${folder}\`, or name another folder.`
  return open(folder, `can be written by ${who} (mode ${octal})`, next)
}

function open(folder: string, what: string, next: string): FederateError {
  return new FederateError({
    code: 'OUTPUT_FOLDER_OPEN',
    outcome: 'failed',
    problem: `The folder ${folder} ${what}, who could put a file of their own in the place of this one.`,
    next,
    details: { folder },
  })
}
