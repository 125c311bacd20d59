import { clockAhead, clockSentence } from '../clock.ts'
import { FederateError } from '../errors.ts'
import type { Now } from '../network/fetch.ts'
import { type HttpAnswer, jsonObject } from '../network/http.ts'
import { printable } from '../redaction/printable.ts'
import { fingerprint } from '../redaction/redact.ts'
import type { Seconds } from '../units.ts'
import { dateClaim, type JwtClaims, stringClaim, tryReadJwt } from './jwt.ts'
import { Token } from './token.ts'

/** A token for longer than a year is no short-lived token; a number this size is a mistake of unit. */
const longestLifetime: Seconds = 366 * 24 * 3600

/** RFC 6750 section 2.1: what may stand behind "Bearer" in a header. */
const bearer = /^[\w.~+/-]+=*$/

/**
 * Reads a successful answer of a token endpoint (RFC 6749 section 5.1). The token lives `expires_in` seconds from `sentAt`,
 * so that a wrong clock on either side changes nothing, or as long as `exp` and `iat` of the JWT say, if that is shorter.
 *
 * @param sentAt when the request was sent, in milliseconds since the epoch
 * @throws FederateError `ISSUER_NOT_JSON` (unreachable), `ISSUER_ANSWER_INVALID` (failed), `TOKEN_EXPIRED_ON_ARRIVAL`
 *   (failed).
 */
export function readTokenAnswer(answer: HttpAnswer, sentAt: number, now: Now): Token {
  const fields = jsonObject(answer)
  checkType(answer, fields['token_type'])
  const value = accessToken(answer, fields['access_token'])
  const claims = tryReadJwt(value)?.claims
  const lifetime = shorter(expiresIn(answer, fields['expires_in']), lifetimeByClaims(claims, sentAt))
  if (lifetime === undefined) {
    throw invalid(answer, 'has no expires_in, and its token is not a JWT with exp; how long it lives is not known')
  }
  refuseExpired(answer, claims, now)
  if (lifetime < 1) throw invalid(answer, `says that its token lives ${lifetime} s`)
  return new Token(value, new Date(sentAt + lifetime * 1000))
}

/** A refresh token. It prints, inspects and serialises redacted. */
export class RefreshToken {
  readonly #value: string
  /** `undefined`: until its session ends. */
  readonly expiresAt: Date | undefined

  constructor(value: string, expiresAt: Date | undefined) {
    this.#value = value
    this.expiresAt = expiresAt
  }

  reveal(): string {
    return this.#value
  }

  get fingerprint(): string {
    return fingerprint(this.#value)
  }

  /** Keycloak's are JWTs that name their session, as its access tokens do. */
  get sessionId(): string | undefined {
    const claims = tryReadJwt(this.#value)?.claims
    return claims === undefined ? undefined : stringClaim(claims, 'sid')
  }
}

/** The refresh token beside an access token, if there is one; Keycloak says in `refresh_expires_in` how long it lives. */
export function readRefreshToken(answer: HttpAnswer, sentAt: number): RefreshToken | undefined {
  const { refresh_token: value, refresh_expires_in: lifetime } = jsonObject(answer)
  if (typeof value !== 'string' || !bearer.test(value)) return undefined
  // Keycloak writes 0 for a session without an end of its own.
  const ends = typeof lifetime === 'number' && lifetime > 0 && lifetime <= longestLifetime
  return new RefreshToken(value, ends ? new Date(sentAt + lifetime * 1000) : undefined)
}

function checkType(answer: HttpAnswer, type: unknown): void {
  if (typeof type === 'string' && type.toLowerCase() === 'bearer') return
  const found = typeof type === 'string' ? `"${printable(type)}"` : 'missing'
  throw invalid(answer, `has a token_type that is ${found}, where Bearer was expected`)
}

function accessToken(answer: HttpAnswer, token: unknown): string {
  if (typeof token !== 'string' || token === '') throw invalid(answer, 'has no access_token')
  if (bearer.test(token)) return token
  throw invalid(answer, 'has an access_token with characters that no Bearer token may have')
}

/** RFC 6749 wants a number; some issuers send its digits as a string. */
function expiresIn(answer: HttpAnswer, value: unknown): Seconds | undefined {
  if (value === undefined || value === null) return undefined
  const seconds = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  if (typeof seconds === 'number' && seconds >= 0 && seconds <= longestLifetime) return seconds
  const found =
    typeof value === 'number' ? String(value) : typeof value === 'string' ? `"${printable(value)}"` : typeof value
  throw invalid(answer, `has an expires_in of ${found}, where seconds from 0 to ${longestLifetime} were expected`)
}

function lifetimeByClaims(claims: JwtClaims | undefined, sentAt: number): Seconds | undefined {
  const expiry = claims === undefined ? undefined : dateClaim(claims, 'exp')
  if (claims === undefined || expiry === undefined) return undefined
  const issued = dateClaim(claims, 'iat')?.getTime() ?? sentAt
  return Math.min((expiry.getTime() - issued) / 1000, longestLifetime)
}

/** An answer may be kept by something on the way, and a claim may be set by hand: where they disagree, the earlier end counts. */
function shorter(left: Seconds | undefined, right: Seconds | undefined): Seconds | undefined {
  if (left === undefined || right === undefined) return left ?? right
  return Math.min(left, right)
}

/** Whoever is shown the token compares `exp` with the real time, which may not be this host's. */
function refuseExpired(answer: HttpAnswer, claims: JwtClaims | undefined, now: Now): void {
  const expiry = claims === undefined ? undefined : dateClaim(claims, 'exp')
  if (expiry === undefined || expiry.getTime() > now()) return
  const ahead = clockAhead(answer, now)
  const clock = clockSentence(ahead)
  throw new FederateError({
    code: 'TOKEN_EXPIRED_ON_ARRIVAL',
    outcome: 'failed',
    problem: `The token from ${answer.url} had expired when it came: it expires at ${expiry.toISOString()}, and here it is ${new Date(now()).toISOString()}.${clock === undefined ? '' : ` ${clock}`}`,
    next:
      clock === undefined
        ? 'Raise the lifetime of access tokens at the issuer; the two clocks do not explain it.'
        : "Set this host's clock (by NTP), or the issuer's if this one is right.",
    details: { expiresAt: expiry.toISOString(), now: new Date(now()).toISOString(), clockAheadSeconds: ahead ?? null },
  })
}

function invalid(answer: HttpAnswer, what: string): FederateError {
  return new FederateError({
    code: 'ISSUER_ANSWER_INVALID',
    outcome: 'failed',
    problem: `The answer of ${answer.url} ${what}.`,
    next: 'Check that this is the token endpoint of an OAuth issuer, and what stands between it and this host.',
    details: { url: answer.url, status: answer.status },
  })
}
