import { JOSEError } from 'jose/errors'
import { createLocalJWKSet } from 'jose/jwks/local'
import { compactVerify } from 'jose/jws/compact/verify'
import { FederateError } from '../errors.ts'
import type { SignatureState } from '../verdict.ts'

/** Checks a token's signature against the text of a JWKS (RFC 7517); whether its claims hold is not asked here. */
export async function checkSignature(token: string, jwks: string): Promise<SignatureState> {
  const keys = createLocalJWKSet(parseKeys(jwks))
  try {
    await compactVerify(token, keys)
    return { state: 'valid' }
  } catch (error) {
    if (error instanceof JOSEError) return { state: 'invalid', reason: error.message }
    throw error
  }
}

function parseKeys(text: string): { keys: { kty: string }[] } {
  try {
    const parsed: unknown = JSON.parse(text)
    if (isKeySet(parsed)) return parsed
  } catch {
    // Falls through to the same answer: it is no JWKS.
  }
  throw new FederateError({
    code: 'JWKS_INVALID',
    outcome: 'usage',
    problem: 'The file given with --jwks is no JWKS: a JSON object with a list "keys" was expected.',
    next: "Save the document behind the issuer's jwks_uri and name that file.",
  })
}

function isKeySet(value: unknown): value is { keys: { kty: string }[] } {
  if (typeof value !== 'object' || value === null || !('keys' in value) || !Array.isArray(value.keys)) return false
  return value.keys.every((key: unknown) => typeof key === 'object' && key !== null && 'kty' in key)
}
