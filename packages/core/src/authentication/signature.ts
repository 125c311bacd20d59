import { JOSEError } from 'jose/errors'
import { createLocalJWKSet } from 'jose/jwks/local'
import { compactVerify } from 'jose/jws/compact/verify'
import type { SignatureState } from '../verdict.ts'
import type { KeySet } from './key-set.ts'

/** Checks a token's signature against a set of keys; whether its claims hold is not asked here. */
export async function checkSignature(token: string, keys: KeySet): Promise<SignatureState> {
  try {
    await compactVerify(token, createLocalJWKSet(keys))
    return { state: 'valid' }
  } catch (error) {
    if (error instanceof JOSEError) return { state: 'invalid', reason: error.message }
    throw error
  }
}
