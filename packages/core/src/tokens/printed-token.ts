import { FederateError } from '../errors.ts'
import type { Now } from '../network/fetch.ts'
import { givenJwt, livingUntil, type TokenPlace } from './given-token.ts'
import { type DecodedJwt, tryReadJwt } from './jwt.ts'
import { Token } from './token.ts'

type Fields = Readonly<Record<string, unknown>>

/** A token for longer than a year is no short-lived token; a number this size is a mistake of unit. */
const longestLifetime = 366 * 24 * 3600

/**
 * Reads what a program printed: a JWT alone, or JSON with a token and its end. Where a JWT says that it ends earlier, it is
 * believed.
 */
export function readPrintedToken(place: TokenPlace, output: string, startedAt: number, now: Now): Token {
  const text = output.trim()
  if (!text.startsWith('{')) return new Token(text, livingUntil(place, givenJwt(place, text), now))
  const fields = tokenFields(place, text)
  const value = tokenOf(place, fields)
  const jwt = tryReadJwt(value)
  const said = expiryOf(place, fields, startedAt)
  if (jwt === undefined) return new Token(value, living(place, said ?? noExpiry(place), now))
  const own = jwtExpiry(place, jwt, said, now)
  return new Token(value, living(place, said === undefined || own < said ? own : said, now))
}

function jwtExpiry(place: TokenPlace, jwt: DecodedJwt, said: Date | undefined, now: Now): Date {
  if (jwt.claims['exp'] === undefined && said !== undefined) return said
  return livingUntil(place, jwt, now)
}

/** Kubernetes's ExecCredential keeps both in `status`. */
function tokenFields(place: TokenPlace, text: string): Fields {
  try {
    const value: unknown = JSON.parse(text)
    const fields = objectOf(value)
    if (fields !== undefined) return objectOf(fields['status']) ?? fields
  } catch {
    // What the parser says quotes the output.
  }
  throw output(place, 'starts like JSON and is not', `Have ${place.writer} print a whole JSON object, or a JWT alone.`)
}

function objectOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
}

function tokenOf(place: TokenPlace, fields: Fields): string {
  for (const name of ['access_token', 'id_token', 'token']) {
    const value = fields[name]
    if (typeof value === 'string' && /^[\w.~+/-]+=*$/.test(value)) return value
  }
  throw output(place, 'is JSON without a token', `Have ${place.writer} print it as access_token, id_token or token.`)
}

function expiryOf(place: TokenPlace, fields: Fields, startedAt: number): Date | undefined {
  const lifetime = fields['expires_in']
  if (lifetime !== undefined) {
    const seconds = typeof lifetime === 'string' && /^\d+$/.test(lifetime) ? Number(lifetime) : lifetime
    if (typeof seconds === 'number' && seconds >= 0 && seconds <= longestLifetime)
      return new Date(startedAt + seconds * 1000)
    throw output(
      place,
      'has an expires_in that is no length of time in seconds',
      `Correct what ${place.writer} prints.`,
    )
  }
  const end = fields['expires_at'] ?? fields['expiration_time'] ?? fields['expirationTimestamp']
  if (end === undefined) return undefined
  const milliseconds = typeof end === 'number' ? end * 1000 : typeof end === 'string' ? Date.parse(end) : Number.NaN
  if (Math.abs(milliseconds - startedAt) <= longestLifetime * 1000) return new Date(milliseconds)
  throw output(place, 'has an end that is no date or is years away', `Correct what ${place.writer} prints.`)
}

function living(place: TokenPlace, expiresAt: Date, now: Now): Date {
  if (expiresAt.getTime() > now()) return expiresAt
  throw new FederateError({
    code: `${place.code}_EXPIRED`,
    outcome: 'failed',
    problem: `${place.token} expired at ${expiresAt.toISOString()}; it is ${new Date(now()).toISOString()} now.`,
    next: `Check whether ${place.writer} keeps tokens for too long, and this host's clock.`,
  })
}

function noExpiry(place: TokenPlace): never {
  throw new FederateError({
    code: `${place.code}_NO_EXPIRY`,
    outcome: 'usage',
    problem: `${place.token} is no JWT, and nothing says how long it lives.`,
    next: `Have ${place.writer} print "expires_in" (seconds) or "expires_at" beside it.`,
  })
}

function output(place: TokenPlace, what: string, next: string): FederateError {
  return new FederateError({
    code: `${place.code}_OUTPUT`,
    outcome: 'failed',
    problem: `${place.holder} ${what}.`,
    next,
  })
}
