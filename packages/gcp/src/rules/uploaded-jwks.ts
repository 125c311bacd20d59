import { describeKey, fits, type Jwk, parseJwks } from './jwks.ts'
import type { ProviderProblem } from './provider-problem.ts'

/** A JWKS that Google takes, and what had to be left out for that. */
export interface UploadableJwks {
  /** For `oidc.jwksJson`. */
  readonly jwksJson: string
  /** For people: which key was left out, and why. */
  readonly leftOut: readonly string[]
}

/** What Google takes of a key; x5c and x5t it refuses (Troubleshoot WIF, "Input JWK is not in a valid json format"). */
const publicFields = ['kty', 'alg', 'use', 'kid', 'n', 'e', 'x', 'y', 'crv']

/** The fields in which keys keep their secrets (RFC 7518 sections 6.2.2, 6.3.2 and 6.4). */
const privateFields = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

/** Configure WIF with other identity providers: "A maximum of 8 keys can be uploaded". */
const mostKeys = 8

/**
 * Prepares the keys of an issuer for upload: signing keys for RS256 and ES256 only, with the fields that Google takes.
 *
 * Problems instead, where nothing of it may or can be uploaded: a text that is no JWKS, a private or secret key among
 * them, no usable key, or more than eight.
 */
export function uploadableJwks(text: string): UploadableJwks | ProviderProblem {
  const keys = parseJwks(text)
  if (keys === undefined) return notAJwks
  const secret = keys.find(isSecret)
  if (secret !== undefined) return privateKey(secret)
  const left = keys.map((key) => ({ key, reason: unusable(key) }))
  const usable = left.filter(({ reason }) => reason === undefined).map(({ key }) => key)
  if (usable.length === 0) return noUsableKey(left.map(({ key, reason }) => `${describeKey(key)}: ${reason}`))
  if (usable.length > mostKeys) return tooMany(usable.length)
  const leftOut = left.flatMap(({ key, reason }) => (reason === undefined ? [] : [`${describeKey(key)}: ${reason}`]))
  return { jwksJson: JSON.stringify({ keys: usable.map(cleaned) }), leftOut }
}

/** What Google would refuse of keys as they are, without any cleaning. */
export function jwksProblems(text: string): readonly ProviderProblem[] {
  const keys = parseJwks(text)
  if (keys === undefined) return [notAJwks]
  const secret = keys.find(isSecret)
  if (secret !== undefined) return [privateKey(secret)]
  if (keys.length === 0) return [noUsableKey([])]
  if (keys.length > mostKeys) return [tooMany(keys.length)]
  return keys.flatMap((key) => {
    const reason = wrongKind(key)
    if (reason !== undefined) return [refusedKey(key, reason)]
    const certificates = ['x5c', 'x5t'].filter((field) => field in key)
    return certificates.length === 0 ? [] : [refusedKey(key, `it has ${certificates.join(' and ')}`)]
  })
}

/** Whether a JWKS gives away what must stay with the issuer. */
export function hasPrivateKey(text: string): boolean {
  return parseJwks(text)?.some(isSecret) ?? false
}

function unusable(key: Jwk): string | undefined {
  if (key['use'] !== undefined && key['use'] !== 'sig') return `use is ${JSON.stringify(key['use'])}, not "sig"`
  if (typeof key['kid'] !== 'string' || key['kid'] === '') return 'it has no kid'
  const { alg } = key
  if (alg !== undefined && alg !== 'RS256' && alg !== 'ES256') return `alg is ${JSON.stringify(alg)}`
  return wrongKind(key)
}

/** RSA and EC on P-256 only; of P-384 Google says "Only RSA, EC key types are supported" all the same. */
function wrongKind(key: Jwk): string | undefined {
  if (fits(key, 'RS256') || fits(key, 'ES256')) return undefined
  return 'Google takes RSA, and EC on P-256, only'
}

function isSecret(key: Jwk): boolean {
  return privateFields.some((field) => field in key)
}

function cleaned(key: Jwk): Jwk {
  return Object.fromEntries(publicFields.flatMap((field) => (field in key ? [[field, key[field]]] : [])))
}

const notAJwks: ProviderProblem = {
  field: 'oidc.jwksJson',
  problem: 'The keys are no JWKS: a JSON object with a list "keys" was expected (RFC 7517).',
  next: "Save the document behind the issuer's jwks_uri and use that.",
}

function privateKey(key: Jwk): ProviderProblem {
  return {
    field: 'oidc.jwksJson',
    problem: `The key ${describeKey(key)} is a private or secret key. Nothing was uploaded.`,
    next: "Use the document behind the issuer's jwks_uri, which has the public keys only, and look who else may have seen this file.",
  }
}

function noUsableKey(reasons: readonly string[]): ProviderProblem {
  return {
    field: 'oidc.jwksJson',
    problem: `None of the keys can be used by Google: ${reasons.join('; ') || 'the list is empty'}.`,
    next: 'Have the issuer sign with RS256 or ES256: in Keycloak add an rsa-generated or an ecdsa-generated (P-256) key provider.',
  }
}

function tooMany(count: number): ProviderProblem {
  return {
    field: 'oidc.jwksJson',
    problem: `There are ${count} keys, and Google takes ${mostKeys}.`,
    next: 'Take keys that no longer sign out of the issuer.',
  }
}

function refusedKey(key: Jwk, reason: string): ProviderProblem {
  return {
    field: 'oidc.jwksJson',
    problem: `Google refuses the key ${describeKey(key)}: ${reason}.`,
    next: 'Upload signing keys for RS256 and ES256 only, without x5c and x5t; federate setup gcp does that.',
  }
}
