import type { DecodedJwt, SignatureState } from '@federate/core'
import { compactVerify, importJWK, type JWK } from 'jose'

/** What Google verifies (STS reference: the token's `alg` must be RS256 or ES256). */
const algorithms = ['RS256', 'ES256']

/** Whether a token's signature holds by the key of its `kid` in a JWKS. */
export async function signatureState(
  token: string,
  { alg, kid }: DecodedJwt['header'],
  jwks: string | undefined,
): Promise<SignatureState> {
  const key = keysIn(jwks).find((one) => one.kid === kid)
  if (key === undefined) return { state: 'invalid', reason: 'there is no key of this id.' }
  if (typeof alg !== 'string' || !algorithms.includes(alg)) {
    return { state: 'invalid', reason: 'its algorithm is not one that Google verifies.' }
  }
  try {
    await compactVerify(token, await importJWK({ ...key, alg }, alg), { algorithms })
    return { state: 'valid' }
  } catch {
    return { state: 'invalid', reason: 'the key gives another signature.' }
  }
}

function keysIn(jwks: string | undefined): readonly JWK[] {
  try {
    const value: unknown = JSON.parse(jwks ?? '')
    const keys: unknown = typeof value === 'object' && value !== null && 'keys' in value ? value.keys : []
    return Array.isArray(keys) ? keys.filter(isKey) : []
  } catch {
    return []
  }
}

function isKey(key: unknown): key is JWK {
  return typeof key === 'object' && key !== null && 'kty' in key && typeof key.kty === 'string'
}
