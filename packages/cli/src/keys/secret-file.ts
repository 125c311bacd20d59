import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { FederateError, refuseOpenPlace, writeFileAtomically } from '@federate/core'

/**
 * Makes sure, before a secret exists, that it can be written there, and over nothing: not even over the secret that it
 * replaces, for nobody can tell that from the file's name.
 *
 * @returns the whole path
 * @throws FederateError (usage) `SECRET_FILE_EXISTS`, `FOLDER_NOT_WRITABLE`; (failed) `OUTPUT_FOLDER_OPEN`.
 */
export async function secretFilePath(name: string, cwd: string): Promise<string> {
  const path = resolve(cwd, name)
  if (await can(path, constants.F_OK)) {
    throw new FederateError({
      code: 'SECRET_FILE_EXISTS',
      outcome: 'usage',
      problem: `${path} exists already, and a secret is never written over another file. Nothing was changed.`,
      next: 'Move it away, or name another with --secret-file.',
    })
  }
  if (await can(dirname(path), constants.W_OK)) {
    await refuseOpenPlace(path)
    return path
  }
  throw new FederateError({
    code: 'FOLDER_NOT_WRITABLE',
    outcome: 'usage',
    problem: `The secret cannot be written to ${path}: its folder does not exist, or this user may not write there. Nothing was changed.`,
    next: 'Make the folder, or name another file with --secret-file.',
  })
}

export function writeSecretFile(path: string, secret: string): Promise<void> {
  return writeFileAtomically(path, `${secret}\n`, { mode: 0o600 })
}

function can(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  )
}
