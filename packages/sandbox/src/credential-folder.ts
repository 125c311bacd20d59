import { access, mkdir } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative } from 'node:path'
import { FederateError } from '@federate/core'

/** Whether something is at this path that can be reached. */
export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
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
  const inside = relative(home, folder)
  if (inside.startsWith('..') || isAbsolute(inside)) throw outside(path, home)
  try {
    await mkdir(join(home, inside), { recursive: true, mode: 0o700 })
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
