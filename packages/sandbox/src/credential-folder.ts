import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { dirname, isAbsolute, relative } from 'node:path'
import { FederateError } from '@federate/core'
import { makePrivateFolder } from '@federate/core/cache'

/** Whether something is at this path that can be reached. */
export async function exists(path: string, mode = constants.F_OK): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  )
}

/**
 * Whether a credential is there, or can be made there: beside federate.yaml, or in a folder that can be written to.
 *
 * @param home the folder of federate.yaml.
 */
export async function hasCredentialPlace(path: string, home: string): Promise<boolean> {
  return isInside(dirname(path), home) || (await exists(path)) || (await exists(dirname(path), constants.W_OK))
}

function isInside(folder: string, home: string): boolean {
  const inside = relative(home, folder)
  return !inside.startsWith('..') && !isAbsolute(inside)
}

/**
 * Makes the folder of a credential, but only beside federate.yaml: elsewhere a path may be meant for another machine.
 *
 * @param home the folder of federate.yaml.
 * @throws FederateError `SANDBOX_SECRET_PLACE` when the folder is missing and lies elsewhere.
 */
export async function ensureCredentialFolder(path: string, home: string): Promise<void> {
  const folder = dirname(path)
  if (await exists(folder)) return
  if (!isInside(folder, home)) throw outside(path, home)
  try {
    makePrivateFolder(folder)
  } catch (cause) {
    throw new FederateError({
      code: 'SANDBOX_SECRET_PLACE',
      outcome: 'usage',
      problem: `The sandbox cannot make the folder ${folder} for the credential ${path}.`,
      next: 'Use a copy of federate.yaml in a folder that you may write to.',
      cause,
    })
  }
}

function outside(path: string, home: string): FederateError {
  return new FederateError({
    code: 'SANDBOX_SECRET_PLACE',
    outcome: 'usage',
    problem: `The sandbox makes no folder for ${path}: it lies outside of ${home}, where federate.yaml is.`,
    next: 'Make the folder yourself, or give the sandbox a federate.yaml whose credentials are beside it.',
  })
}
