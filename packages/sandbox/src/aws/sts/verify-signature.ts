import { keyNotRetrieved } from '@federate/aws/rules'
import type { SignatureState } from '@federate/core'
import { compactVerify, importJWK, type JWK } from 'jose'

const algorithms = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512']

/** Verifies a token's signature. The token's own `alg` chooses the hash, whatever the key says, as in STS. */
export async function verifySignature(
  token: string,
  algorithm: unknown,
  key: JWK | undefined,
): Promise<SignatureState> {
  if (key === undefined) return { state: 'invalid', reason: keyNotRetrieved }
  if (typeof algorithm !== 'string' || !algorithms.includes(algorithm))
    return { state: 'invalid', reason: 'its algorithm is not one that AWS verifies.' }
  try {
    const imported = await importJWK({ ...key, alg: algorithm }, algorithm)
    await compactVerify(token, imported, { algorithms })
    return { state: 'valid' }
  } catch {
    return { state: 'invalid', reason: 'the issuer’s key gives another signature.' }
  }
}
