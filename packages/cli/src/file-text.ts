import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { FederateError } from '@federate/core'
import type { Terminal } from './terminal.ts'

/** The text of a file that a flag names. @throws FederateError `FILE_MISSING` */
export async function fileText(name: string, terminal: Terminal): Promise<string> {
  const path = resolve(terminal.cwd, name)
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    throw new FederateError({
      code: 'FILE_MISSING',
      outcome: 'usage',
      problem: `${path} cannot be read (${code}).`,
      next: 'Name a file that is there, and that this user may read.',
      cause,
    })
  }
}
