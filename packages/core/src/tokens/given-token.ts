import { FederateError, type Outcome } from '../errors.ts'
import type { Now } from '../network/fetch.ts'
import { printable } from '../redaction/printable.ts'
import { audiences, type DecodedJwt, dateClaim, stringClaim, tryReadJwt } from './jwt.ts'
import { Token } from './token.ts'
import type { TokenRequest, TokenSource } from './token-source.ts'

/** Where a token was found that was not asked of an issuer, for the words and codes of what is wrong with it. */
export interface TokenPlace {
  /** The beginning of its codes: `TOKEN_FILE`. */
  readonly code: string
  /** `The token file /run/token`. */
  readonly holder: string
  /** `The token in /run/token`. */
  readonly token: string
  /** What must do better, for next steps: `what writes the token`. */
  readonly writer: string
  /** Why it cannot be another token: `a file cannot be asked for another one`. */
  readonly fixed: string
}

/**
 * Checks that a text is a JWT that still lives as long, and is for whom and what, as the caller wants.
 *
 * @throws FederateError with the place's code and `_EMPTY`, `_NOT_A_JWT`, `_NO_EXPIRY` (usage), `_EXPIRED` (failed), and
 *   `TOKEN_LIFETIME_TOO_SHORT`, `TOKEN_AUDIENCE`, `TOKEN_SCOPE` (failed).
 */
export function givenToken(place: TokenPlace, text: string, request: TokenRequest, now: Now): Token {
  const jwt = givenJwt(place, text)
  const token = new Token(text, livingUntil(place, jwt, now))
  checkWish(place, token, request, now)
  return token
}

/**
 * Tokens that are always one and the same: a text that came from somewhere else, checked at every call as `givenToken` does.
 *
 * @param name what held it, for messages: `Standard input`
 */
export function tokenText(name: string, text: string, now: Now): TokenSource {
  const token = `The token from ${name.toLowerCase()}`
  const place = { code: 'TOKEN_TEXT', holder: name, token, writer: 'what wrote it', fixed: 'it is the only one' }
  return { getToken: async (request = {}) => givenToken(place, text.trim(), request, now) }
}

/** As `givenToken`, for a token whose life is known from elsewhere and which need not be a JWT. */
export function checkWish(place: TokenPlace, token: Token, request: TokenRequest, now: Now): void {
  checkLifetime(place, token.expiresAt, request, now)
  if (token.claims === undefined) return
  checkAudience(place, token.claims, request)
  checkScope(place, token.claims, request)
}

export function givenJwt(place: TokenPlace, text: string): DecodedJwt {
  if (text === '') throw failure(place, '_EMPTY', `${place.holder} is empty.`, `Check ${place.writer}.`)
  const jwt = tryReadJwt(text)
  if (jwt !== undefined) return jwt
  throw failure(
    place,
    '_NOT_A_JWT',
    `${place.holder} holds ${text.length} characters that are not a JWT.`,
    `Check ${place.writer}: a signed JWT was expected, and nothing else.`,
  )
}

export function livingUntil(place: TokenPlace, { claims }: DecodedJwt, now: Now): Date {
  const expiresAt = dateClaim(claims, 'exp')
  if (expiresAt === undefined) {
    throw failure(
      place,
      '_NO_EXPIRY',
      `${place.token} has no "exp", so how long it lives is not known.`,
      'Use tokens that expire; clouds refuse others.',
    )
  }
  if (expiresAt.getTime() > now()) return expiresAt
  throw failure(
    place,
    '_EXPIRED',
    `${place.token} expired at ${expiresAt.toISOString()}; it is ${new Date(now()).toISOString()} now.`,
    `Check that ${place.writer} is still running, and this host's clock.`,
    'failed',
  )
}

function checkLifetime(place: TokenPlace, expiresAt: Date, { minValidity = 0 }: TokenRequest, now: Now): void {
  const remaining = (expiresAt.getTime() - now()) / 1000
  if (remaining >= minValidity) return
  throw wish(
    'TOKEN_LIFETIME_TOO_SHORT',
    `${place.token} lives for ${Math.floor(remaining)} s, where at least ${minValidity} s were asked for.`,
    'Have it replaced earlier, or ask for less.',
  )
}

function checkAudience(place: TokenPlace, claims: DecodedJwt['claims'], { audience }: TokenRequest): void {
  const found = audiences(claims)
  if (audience === undefined || found.includes(audience)) return
  const shown = found.length === 0 ? 'no audience' : `the audience ${printable(found.join(', '))}`
  throw wish(
    'TOKEN_AUDIENCE',
    `${place.token} has ${shown}, where ${printable(audience)} was asked for; ${place.fixed}.`,
    `Have ${place.writer} make one for ${printable(audience)} (in Kubernetes: "audience" of the projected volume).`,
  )
}

function checkScope(place: TokenPlace, claims: DecodedJwt['claims'], { scope = [] }: TokenRequest): void {
  const found = stringClaim(claims, 'scope') ?? ''
  const missing = scope.filter((one) => !found.split(' ').includes(one))
  if (missing.length === 0) return
  throw wish(
    'TOKEN_SCOPE',
    `${place.token} has the scopes "${printable(found)}", where ${printable(missing.join(', '))} was asked for; ${place.fixed}.`,
    `Have ${place.writer} make one with these scopes.`,
  )
}

function failure(
  place: TokenPlace,
  suffix: string,
  problem: string,
  next: string,
  outcome: Outcome = 'usage',
): FederateError {
  return new FederateError({ code: `${place.code}${suffix}`, outcome, problem, next })
}

function wish(code: string, problem: string, next: string): FederateError {
  return new FederateError({ code, outcome: 'failed', problem, next })
}
