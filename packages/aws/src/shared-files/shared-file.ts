import { readFile, realpath, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { type CallContext, FederateError, refuseOpenPlace, writeFileAtomically } from '@federate/core'
import { alone, makePrivateFolder } from '@federate/core/cache'

type Environment = CallContext['env']

/**
 * Where the SDKs look for a shared file (AWS SDKs and Tools reference, "Location of the shared files").
 *
 * @throws FederateError (usage) `AWS_HOME_UNKNOWN` where it would be in the home of a user who has none.
 */
export function sharedFilePath(which: 'config' | 'credentials', env: Environment): string {
  const variable = which === 'config' ? 'AWS_CONFIG_FILE' : 'AWS_SHARED_CREDENTIALS_FILE'
  const given = env[variable]
  if (given) return resolve(given.replace(/^~(?=[/\\]|$)/, () => homeFolder(env, variable)))
  return join(homeFolder(env, variable), '.aws', which)
}

/** The system's own list of users is asked last: a number in a container may be nobody's. */
function homeFolder(env: Environment, variable: string): string {
  try {
    return env['HOME'] || env['USERPROFILE'] || homedir()
  } catch (cause) {
    throw new FederateError({
      code: 'AWS_HOME_UNKNOWN',
      outcome: 'usage',
      problem: 'There is no ~/.aws, because HOME is not set and the system knows no home of this user.',
      next: `Set HOME, or ${variable} to the file that is meant.`,
      cause,
    })
  }
}

/** The text of a shared file; empty where there is none. */
export async function readSharedFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    if (isMissing(cause)) return ''
    throw unusable(path, 'cannot be read', 'Check its owner and permissions.', cause)
  }
}

/** How long somebody else's change is waited for, in milliseconds. */
const patience = 10_000

/**
 * Changes a shared file, one process after the other: two that merge their profiles at the same time both find them
 * there afterwards. A symbolic link is followed, because people keep these files elsewhere by one; a file without the
 * owner's write permission was protected on purpose and stays.
 *
 * @param change gets the text that is there, empty where there is none, and gives the one that shall be.
 * @returns whether it changed.
 * @throws FederateError `AWS_SHARED_FILE`, `OUTPUT_FOLDER_OPEN`, `FILE_NOT_WRITTEN`, or what `change` throws.
 */
export async function changeSharedFile(path: string, change: (text: string) => string): Promise<boolean> {
  const before = await readSharedFile(path)
  if (change(before) === before) return false
  const target = await targetOf(path)
  await refuseOpenPlace(target)
  makePrivateFolder(dirname(target))
  return alone(target, patience, () => replace(target, change))
}

async function replace(target: string, change: (text: string) => string): Promise<boolean> {
  for (;;) {
    const text = await readSharedFile(target)
    const changed = change(text)
    if (changed === text) return false
    // Other tools know nothing of the lock.
    if ((await readSharedFile(target)) !== text) continue
    await writeFileAtomically(target, changed, { mode: 0o600 })
    return true
  }
}

async function targetOf(path: string): Promise<string> {
  try {
    const target = await realpath(path)
    const { mode } = await stat(target)
    if ((mode & 0o200) === 0) {
      throw unusable(path, 'is read-only', 'Make it writable, or name another file or profile.', undefined)
    }
    return target
  } catch (error) {
    if (isMissing(error)) return path
    throw error
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

function unusable(path: string, what: string, next: string, cause: unknown): FederateError {
  return new FederateError({ code: 'AWS_SHARED_FILE', outcome: 'failed', problem: `${path} ${what}.`, next, cause })
}
