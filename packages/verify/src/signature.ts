import { constants, type KeyObject, verify } from 'node:crypto'
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
    if (verifies(text, algorithm, key.publicKey)) return key
  } catch (cause) {
    throw signatureWrong(kid, issuer, cause)
  }
  throw signatureWrong(kid, issuer)
}

/**
 * A signature by RFC 7518 sections 3.3 to 3.5 or RFC 8037 section 3.1.
 *
 * By `node:crypto` and not by Web Crypto, which hands every signature to another thread and back: that costs more of the
 * processor than checking it.
 */
function verifies(text: string, algorithm: string, key: KeyObject): boolean {
  const end = text.lastIndexOf('.')
  const signed = Buffer.from(text.slice(0, end), 'latin1')
  const signature = Buffer.from(text.slice(end + 1), 'base64url')
  const digest = `sha${algorithm.slice(-3)}`
  switch (algorithm.slice(0, 2)) {
    case 'RS':
      return verify(digest, signed, key, signature)
    case 'PS':
      return verify(digest, signed, { key, ...probabilistic }, signature)
    case 'ES':
      return verify(digest, signed, { key, dsaEncoding: 'ieee-p1363' }, signature)
    case 'Ed':
      return verify(null, signed, key, signature)
    default:
      throw new Error(`Nothing is known of the algorithm ${algorithm}.`)
  }
}

/** The salt is as long as the digest. */
const probabilistic = {
  padding: constants.RSA_PKCS1_PSS_PADDING,
  saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
}
