import { resolve } from 'node:path'
import { FederateError } from './errors.ts'
import type { Now } from './fetch.ts'
import { audiences, type DecodedJwt, dateClaim, stringClaim, tryReadJwt } from './jwt.ts'
import { printable } from './printable.ts'
import { FileTooLarge, readSmallFile } from './small-file.ts'
import { Token } from './token.ts'
import type { TokenRequest, TokenSource } from './token-source.ts'
import type { Seconds } from './units.ts'

const maximumBytes = 256_000

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
 * `getToken` throws FederateError `TOKEN_FILE_MISSING`, `TOKEN_FILE_UNREADABLE`, `TOKEN_FILE_EMPTY`, `TOKEN_FILE_NOT_A_JWT`,
 * `TOKEN_FILE_NO_EXPIRY`, `TOKEN_FILE_EXPIRED`, `TOKEN_LIFETIME_TOO_SHORT`, `TOKEN_AUDIENCE`, `TOKEN_SCOPE`.
 */
export function tokenFile({ file, baseDirectory, now = Date.now }: TokenFileOptions): TokenSource {
  const path = resolve(baseDirectory ?? '', file)
  return {
    getToken: async (request = {}) => {
      request.signal?.throwIfAborted()
      const text = (await readSmallFile(path, maximumBytes).catch(refuseUnreadable(path))).text.trim()
      const jwt = readJwtOf(path, text)
      const expiresAt = expiryOf(path, jwt, now(), request.minValidity ?? 0)
      checkAudience(path, jwt, request)
      checkScope(path, jwt, request)
      return new Token(text, expiresAt)
    },
  }
}

function refuseUnreadable(path: string): (error: unknown) => never {
  return (error) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw failure(
        'TOKEN_FILE_MISSING',
        'usage',
        `The token file ${path} does not exist.`,
        'Check the path, and that what writes the token (in Kubernetes: a projected volume) is running.',
        error,
      )
    }
    const why = error instanceof FileTooLarge ? `is larger than ${maximumBytes} bytes` : `cannot be read (${code})`
    throw failure(
      'TOKEN_FILE_UNREADABLE',
      'usage',
      `The token file ${path} ${why}.`,
      'Make it a file with one token that the user of this process may read.',
      error,
    )
  }
}

function readJwtOf(path: string, text: string): DecodedJwt {
  if (text === '') {
    throw failure(
      'TOKEN_FILE_EMPTY',
      'usage',
      `The token file ${path} is empty.`,
      'Check what writes the token; it should replace the file in one step.',
    )
  }
  const jwt = tryReadJwt(text)
  if (jwt !== undefined) return jwt
  throw failure(
    'TOKEN_FILE_NOT_A_JWT',
    'usage',
    `The token file ${path} holds ${text.length} characters that are not a JWT.`,
    'Have a signed JWT written into it, and nothing else.',
  )
}

function expiryOf(path: string, { claims }: DecodedJwt, now: number, minValidity: Seconds): Date {
  const expiresAt = dateClaim(claims, 'exp')
  if (expiresAt === undefined) {
    throw failure(
      'TOKEN_FILE_NO_EXPIRY',
      'usage',
      `The token in ${path} has no "exp", so how long it lives is not known.`,
      'Use tokens that expire; clouds refuse others.',
    )
  }
  const remaining = (expiresAt.getTime() - now) / 1000
  if (remaining <= 0) {
    throw failure(
      'TOKEN_FILE_EXPIRED',
      'failed',
      `The token in ${path} expired at ${expiresAt.toISOString()}; it is ${new Date(now).toISOString()} now.`,
      "Check that what writes the token is still running, and this host's clock.",
    )
  }
  if (remaining < minValidity) {
    throw failure(
      'TOKEN_LIFETIME_TOO_SHORT',
      'failed',
      `The token in ${path} lives for ${Math.floor(remaining)} s, where at least ${minValidity} s were asked for.`,
      'Have it replaced earlier, or ask for less.',
    )
  }
  return expiresAt
}

function checkAudience(path: string, { claims }: DecodedJwt, { audience }: TokenRequest): void {
  const found = audiences(claims)
  if (audience === undefined || found.includes(audience)) return
  const shown = found.length === 0 ? 'no audience' : `the audience ${printable(found.join(', '))}`
  throw failure(
    'TOKEN_AUDIENCE',
    'failed',
    `The token in ${path} has ${shown}, where ${printable(audience)} was asked for; a file cannot be asked for another one.`,
    `Have a token for ${printable(audience)} written (in Kubernetes: "audience" of the projected volume).`,
  )
}

function checkScope(path: string, { claims }: DecodedJwt, { scope = [] }: TokenRequest): void {
  const found = stringClaim(claims, 'scope') ?? ''
  const missing = scope.filter((one) => !found.split(' ').includes(one))
  if (missing.length === 0) return
  throw failure(
    'TOKEN_SCOPE',
    'failed',
    `The token in ${path} has the scopes "${printable(found)}", where ${printable(missing.join(', '))} was asked for; a file cannot be asked for others.`,
    'Have a token with these scopes written.',
  )
}

function failure(
  code: string,
  outcome: 'usage' | 'failed',
  problem: string,
  next: string,
  cause?: unknown,
): FederateError {
  return new FederateError({ code, outcome, problem, next, ...(cause === undefined ? {} : { cause }) })
}
