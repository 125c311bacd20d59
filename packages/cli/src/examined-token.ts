import { checkSignature, readJwt, type SignatureState, type TokenQuestion } from '@federate/core'
import { fileText } from './file-text.ts'
import type { Terminal } from './terminal.ts'

export interface TokenFlags {
  tokenFile?: string
  jwks?: string
}

/** Reads a token from a file or from standard input (`-`), and checks its signature where the keys are given. */
export async function examineToken(
  path: string,
  { jwks }: TokenFlags,
  terminal: Terminal,
): Promise<Omit<TokenQuestion, 'now'>> {
  const text = (path === '-' ? await terminal.readStandardInput() : await fileText(path, terminal)).trim()
  const publishedKeys = jwks === undefined ? undefined : await fileText(jwks, terminal)
  const decoded = readJwt(text)
  const check = (keys: string) => checkSignature(text, keys)
  const signature: SignatureState = publishedKeys === undefined ? { state: 'unchecked' } : await check(publishedKeys)
  return { token: { ...decoded, length: text.length, signature }, publishedKeys, checkSignature: check }
}
