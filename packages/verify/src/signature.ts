import { compactVerify } from 'jose/jws/compact/verify'
import type { VerificationKey } from './keys/verification-key.ts'
import { keyUnfit, keyUnknown, signatureWrong } from './refusals.ts'
import type { CompactToken } from './tokens/compact-token.ts'

/** Where keys are looked up. */
export interface KeySource {
  find(id: string | undefined, algorithm: string): FoundKey | Promise<FoundKey>
}

/** `unfit`: there is one, but not for this algorithm, or nobody can say which one is meant. */
export type FoundKey = VerificationKey | 'unknown' | 'unfit'

/**
 * The issuer's key by which a token's signature holds. Whether its algorithm is acceptable was asked before.
 *
 * @throws Refusal `TOKEN_KEY_UNKNOWN`, `TOKEN_KEY_UNFIT`, `TOKEN_SIGNATURE`, and what `keys` throws.
 */
export async function checkSignature(
  { text, header }: Pick<CompactToken, 'text' | 'header'>,
  issuer: string,
  keys: KeySource,
): Promise<VerificationKey> {
  const { kid } = header
  const algorithm = String(header['alg'])
  if (kid !== undefined && typeof kid !== 'string') throw keyUnfit(kid, algorithm, issuer)
  const key = await keys.find(kid, algorithm)
  if (key === 'unknown') throw keyUnknown(kid, issuer)
  if (key === 'unfit') throw keyUnfit(kid, algorithm, issuer)
  try {
    await compactVerify(text, await key.forAlgorithm(algorithm), { algorithms: [algorithm] })
    return key
  } catch (cause) {
    throw signatureWrong(kid, issuer, cause)
  }
}
