import { resolve } from 'node:path'
import {
  checkSignature,
  FederateError,
  foundIn,
  readJwt,
  type SignatureState,
  type TokenQuestion,
} from '@federate/core'
import { fileText } from './file-text.ts'
import type { Terminal } from './terminal.ts'

export interface TokenFlags {
  tokenFile?: string
  jwks?: string
}

/**
 * Reads a token from a file or from standard input (`-`), and checks its signature where the keys are given.
 *
 * @throws FederateError those of `tokenTextIn`, `readJwt`, `fileText` and `checkSignature`.
 */
export async function examineToken(
  path: string,
  { jwks }: TokenFlags,
  terminal: Terminal,
): Promise<Omit<TokenQuestion, 'now'>> {
  const text = await tokenTextIn(path, terminal)
  const place = path === '-' ? undefined : `file ${resolve(terminal.cwd, path)}`
  const decoded = foundIn(place, () => readJwt(text))
  const publishedKeys = jwks === undefined ? undefined : await fileText(jwks, terminal)
  const signature: SignatureState =
    jwks === undefined || publishedKeys === undefined
      ? { state: 'unchecked' }
      : await checkSignature(text, publishedKeys, jwks)
  return {
    token: { ...decoded, length: text.length, signature },
    publishedKeys,
    checkSignature: (keys) => checkSignature(text, keys),
  }
}

/**
 * The text of a token in a file or from standard input (`-`).
 *
 * @throws FederateError (usage) `TOKEN_TEXT_EMPTY`, `TOKEN_FILE_EMPTY`, and those of `fileText`.
 */
export async function tokenTextIn(path: string, terminal: Terminal): Promise<string> {
  const text = (path === '-' ? await terminal.readStandardInput() : await fileText(path, terminal)).trim()
  if (text === '') throw empty(path)
  return text
}

/** As `credentials --token-file` says it. */
function empty(path: string): FederateError {
  const [code, holder, writer] =
    path === '-'
      ? ['TOKEN_TEXT_EMPTY', 'Standard input', 'what wrote it']
      : ['TOKEN_FILE_EMPTY', `The token file ${path}`, 'what writes the token']
  return new FederateError({ code, outcome: 'usage', problem: `${holder} is empty.`, next: `Check ${writer}.` })
}
