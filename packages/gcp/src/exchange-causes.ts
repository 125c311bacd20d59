import { type JwtClaims, stringClaim } from '@federate/core'
import type { GcpRuntime } from './target.ts'

/** What an explanation can look at. */
export interface ExchangeFacts {
  readonly runtime: GcpRuntime
  readonly claims: JwtClaims
  readonly header: Readonly<Record<string, unknown>>
  readonly now: Date
}

/** Why Google said no, and what to do about it. */
export interface Cause {
  readonly because: string
  readonly next: string
  readonly expected?: string | undefined
  readonly actual?: string | undefined
}

/** The one text that Google has for an unreachable issuer, wrong uploaded keys and an unknown key; what can be told apart here is. */
export function keysCause({ header, claims }: ExchangeFacts): Cause {
  const { alg, kid } = header
  if (alg !== 'RS256' && alg !== 'ES256') {
    return {
      because: `The token is signed by ${String(alg)}.`,
      next: 'Let the issuer sign by RS256 (Keycloak: the client’s "Access token signature algorithm").',
      expected: 'RS256 or ES256',
      actual: String(alg),
    }
  }
  if (typeof kid !== 'string') {
    return { because: 'The token names no key.', next: 'Let the issuer put "kid" into the header of its tokens.' }
  }
  return {
    because: `Google says this of three things: it cannot reach ${stringClaim(claims, 'iss') ?? 'the issuer'} by https, the JWKS uploaded to the provider is wrong, or the key "${kid}" is not in it.`,
    next: 'Run `federate doctor` or open the issuer’s discovery document from outside your network; for an issuer that Google cannot reach, and after a key rotation, run `federate setup gcp` with `jwks: upload`.',
  }
}

/** The one text that Google has for expired tokens, tokens of the future, and tokens without times. */
export function timeCause({ claims, now }: ExchangeFacts): Cause {
  const { iat, exp } = claims
  if (typeof iat !== 'number' || typeof exp !== 'number') {
    return {
      because: `The token has no "${typeof iat === 'number' ? 'exp' : 'iat'}".`,
      next: 'Use a token with "iat" and "exp": Keycloak’s access tokens have both.',
    }
  }
  const at = now.getTime() / 1000
  const expired = exp <= at
  return {
    because: `The token is valid from ${iso(iat)} to ${iso(exp)}, and it is ${now.toISOString()} here: ${
      expired ? 'it has expired' : 'the clocks of this host, the issuer and Google differ'
    }.`,
    next: expired
      ? 'Get a new token; if it is from a file, check that what writes it is running.'
      : "Set the issuer's clock (NTP).",
    expected: `before ${iso(exp)}`,
    actual: now.toISOString(),
  }
}

export function subjectLength(subject: string | undefined): Cause {
  return {
    because: 'What the mapping gives as google.subject is too long.',
    next: 'Map a shorter value, such as assertion.client_id or a part of it by extract(); `federate plan gcp` proposes one.',
    expected: 'at most 127 bytes',
    actual: subject === undefined ? undefined : `sub of ${Buffer.byteLength(subject)} bytes`,
  }
}

export function projectOf({ serviceAccount = '' }: GcpRuntime): string {
  return /@([^.]+)\.iam\./.exec(serviceAccount)?.[1] ?? "<the service account's project>"
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString()
}
