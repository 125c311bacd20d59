import { decodeProtectedHeader } from 'jose/decode/protected_header'
import { decodeJwt } from 'jose/jwt/decode'
import { FederateError } from '../errors.ts'

/** The claims of a JWT (RFC 7519 section 4). What a claim holds is the issuer's word, so every type is checked at use. */
export type JwtClaims = Readonly<Record<string, unknown>>

export interface DecodedJwt {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: JwtClaims
}

/**
 * Reads header and claims of a signed JWT without verifying its signature.
 *
 * @throws FederateError `TOKEN_NOT_A_JWT` when the text is not three base64url parts with JSON objects in the first two.
 */
export function readJwt(token: string): DecodedJwt {
  try {
    return { header: { ...decodeProtectedHeader(token) }, claims: { ...decodeJwt(token) } }
  } catch (cause) {
    throw new FederateError({
      code: 'TOKEN_NOT_A_JWT',
      outcome: 'failed',
      problem: `The token is not a signed JWT: ${token.length} characters in ${token.split('.').length} part(s), where three base64url parts with JSON objects in the first two were expected.`,
      next: 'Check what wrote it: an access token from Keycloak starts with "eyJ".',
      cause,
    })
  }
}

/** As `readJwt`, for tokens that need not be JWTs: `undefined` for an opaque token. */
export function tryReadJwt(token: string): DecodedJwt | undefined {
  try {
    return readJwt(token)
  } catch {
    return undefined
  }
}

/** A claim that holds a string, or `undefined`. */
export function stringClaim(claims: JwtClaims, name: string): string | undefined {
  const value = claims[name]
  return typeof value === 'string' ? value : undefined
}

/** The audiences of a token: RFC 7519 section 4.1.3 allows one string or a list. */
export function audiences(claims: JwtClaims): readonly string[] {
  const aud = claims['aud']
  if (typeof aud === 'string') return [aud]
  return Array.isArray(aud) ? aud.filter((one) => typeof one === 'string') : []
}

/** A NumericDate claim (RFC 7519 section 2: seconds since the epoch) as a Date, or `undefined`. */
export function dateClaim(claims: JwtClaims, name: string): Date | undefined {
  const value = claims[name]
  if (typeof value !== 'number' || !Number.isFinite(value) || Math.abs(value) > 8.64e12) return undefined
  return new Date(value * 1000)
}
