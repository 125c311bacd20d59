import { mkdir, readFile, realpath, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { type CallContext, FederateError, writeFileAtomically } from '@federate/core'

type Environment = CallContext['env']

/** Where the SDKs look for a shared file (AWS SDKs and Tools reference, "Location of the shared files"). */
export function sharedFilePath(which: 'config' | 'credentials', env: Environment): string {
  const variable = which === 'config' ? 'AWS_CONFIG_FILE' : 'AWS_SHARED_CREDENTIALS_FILE'
  const home = env['HOME'] || env['USERPROFILE'] || homedir()
  const given = env[variable]
  if (given) return resolve(given.replace(/^~(?=[/\\]|$)/, home))
  return join(home, '.aws', which)
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

/**
 * Replaces a shared file as a whole. A symbolic link is followed, because people keep these files elsewhere by one; a
 * file without the owner's write permission was protected on purpose and stays.
 *
 * @throws FederateError `AWS_SHARED_FILE`, `FILE_NOT_WRITTEN`
 */
export async function writeSharedFile(path: string, text: string): Promise<void> {
  const target = await targetOf(path)
  await mkdir(dirname(target), { recursive: true, mode: 0o700 })
  await writeFileAtomically(target, text, { mode: 0o600 })
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
