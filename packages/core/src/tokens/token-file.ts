import { FederateError } from '../errors.ts'
import { FileTooLarge, readSmallFile } from '../files/small-file.ts'
import type { Now } from '../network/fetch.ts'
import { fileIn } from '../options/file-option.ts'
import { optionsOf } from '../options/option-place.ts'
import { sleep } from '../sleep.ts'
import type { Seconds } from '../units.ts'
import { givenJwt, givenToken, livingUntil, type TokenPlace } from './given-token.ts'
import type { TokenSource } from './token-source.ts'

const maximumBytes = 256_000
/** Longer than a file is empty between being cut and being written. */
const writersPause: Seconds = 0.1

export interface TokenFileOptions {
  readonly file: string
  /** Where a relative path starts. Default: the working directory. */
  readonly baseDirectory?: string | undefined
  /** Default: `Date.now`. */
  readonly now?: Now
}

/**
 * Tokens from a file that something else keeps fresh: a projected service account token of Kubernetes, a JWT-SVID, a CI
 * system's. The file is read at every call, so a new token is used as soon as it is there; `forceRefresh` changes nothing.
 * The token cannot be asked for anything, so audience and scopes that a caller wants are compared with its claims.
 *
 * @throws FederateError (usage) at once `OPTION`, `OPTION_UNKNOWN`. `getToken` throws `TOKEN_FILE_MISSING`, `TOKEN_FILE_UNREADABLE`, `TOKEN_FILE_EMPTY`, `TOKEN_FILE_NOT_A_JWT`,
 * `TOKEN_FILE_NO_EXPIRY`, `TOKEN_FILE_EXPIRED`, `TOKEN_LIFETIME_TOO_SHORT`, `TOKEN_AUDIENCE`, `TOKEN_SCOPE`.
 */
export function tokenFile(options: TokenFileOptions): TokenSource {
  const place = optionsOf('tokenFile')
  const path = fileIn(options, ['now'], place)
  const now = place.at('now').function(options.now ?? Date.now)
  return {
    getToken: async (request = {}) => {
      request.signal?.throwIfAborted()
      return givenToken(placeOf(path), await readTokenText(path), request, now)
    },
  }
}

/** The text of a token file; what it holds is not looked at. */
export async function readTokenText(path: string): Promise<string> {
  const text = await read(path)
  if (text !== '') return text
  // Some writers cut the file before they write it.
  await sleep(writersPause)
  return read(path)
}

/** The living JWT in a file. */
export async function readLivingJwt(path: string, now: Now): Promise<string> {
  const text = await readTokenText(path)
  livingUntil(placeOf(path), givenJwt(placeOf(path), text), now)
  return text
}

async function read(path: string): Promise<string> {
  return (await readSmallFile(path, maximumBytes).catch(refuseUnreadable(path))).text.trim()
}

function placeOf(path: string): TokenPlace {
  return {
    code: 'TOKEN_FILE',
    holder: `The token file ${path}`,
    token: `The token in ${path}`,
    writer: 'what writes the token',
    fixed: 'a file cannot be asked for another one',
  }
}

function refuseUnreadable(path: string): (error: unknown) => never {
  return (error) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw failure(
        'TOKEN_FILE_MISSING',
        `The token file ${path} does not exist.`,
        'Check the path, and that what writes the token (in Kubernetes: a projected volume) is running.',
        error,
      )
    }
    const why = error instanceof FileTooLarge ? `is larger than ${maximumBytes} bytes` : `cannot be read (${code})`
    throw failure(
      'TOKEN_FILE_UNREADABLE',
      `The token file ${path} ${why}.`,
      'Make it a file with one token that the user of this process may read.',
      error,
    )
  }
}

function failure(code: string, problem: string, next: string, cause: unknown): FederateError {
  return new FederateError({ code, outcome: 'usage', problem, next, cause })
}
