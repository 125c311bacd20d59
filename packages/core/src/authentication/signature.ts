import { JOSEError } from 'jose/errors'
import { createLocalJWKSet } from 'jose/jwks/local'
import { compactVerify } from 'jose/jws/compact/verify'
import type { SignatureState } from '../verdict.ts'
import { parseKeySet } from './key-set.ts'

/**
 * Checks a token's signature against the text of a JWK set; whether its claims hold is not asked here.
 *
 * @param place Where the keys were found, for messages.
 * @throws FederateError those of `parseKeySet`.
 */
export async function checkSignature(token: string, jwks: string, place = 'The keys'): Promise<SignatureState> {
  const keys = parseKeySet(jwks, place)
  try {
    await compactVerify(token, createLocalJWKSet(keys))
    return { state: 'valid' }
  } catch (error) {
    if (error instanceof JOSEError) return { state: 'invalid', reason: error.message }
    throw error
  }
}
