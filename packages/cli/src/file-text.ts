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
    throw new FederateError({
      code: 'FILE_MISSING',
      outcome: 'usage',
      problem: `${path} cannot be read.`,
      next: 'Check the path.',
      cause,
    })
  }
}
