import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { checkSignature, type ExaminedToken, FederateError, readJwt, type SignatureState } from '@federate/core'
import type { Terminal } from './terminal.ts'

export interface TokenFlags {
  tokenFile?: string
  jwks?: string
}

/** Reads a token from a file or from standard input (`-`), and checks its signature where the keys are given. */
export async function examineToken(path: string, { jwks }: TokenFlags, terminal: Terminal): Promise<ExaminedToken> {
  const text = (path === '-' ? await terminal.readStandardInput() : await fileText(path, terminal)).trim()
  return { ...readJwt(text), length: text.length, signature: await signatureOf(text, jwks, terminal) }
}

async function signatureOf(token: string, jwks: string | undefined, terminal: Terminal): Promise<SignatureState> {
  if (jwks === undefined) return { state: 'unchecked' }
  return checkSignature(token, await fileText(jwks, terminal))
}

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
