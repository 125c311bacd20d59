import { type CryptoKey, importJWK, type JWK } from 'jose'

/** One public key of an issuer, by which its signatures are checked. Imported when it is first needed. */
export class VerificationKey {
  readonly id: string | undefined
  /** Its public parameters as text: equal for equal keys. */
  readonly fingerprint: string
  readonly #jwk: JWK
  readonly #imported = new Map<string, Promise<CryptoKey | Uint8Array>>()

  constructor(jwk: JWK) {
    const { kid, kty, alg, crv, n, e, x, y } = jwk
    this.id = kid
    this.fingerprint = JSON.stringify([kid, kty, alg, crv, n, e, x, y])
    this.#jwk = { ...jwk }
  }

  /** Whether signatures of this algorithm can be by this key (RFC 8725 section 3.1: a key is for one algorithm). */
  fits(algorithm: string): boolean {
    const { alg, kty, crv } = this.#jwk
    if (alg !== undefined && alg !== algorithm && !(edwards.has(alg) && edwards.has(algorithm))) return false
    if (/^[RP]S/.test(algorithm)) return kty === 'RSA'
    return algorithm.startsWith('ES') ? kty === 'EC' && crv === curves[algorithm] : kty === 'OKP' && crv === 'Ed25519'
  }

  /** The key as Web Crypto has it. Rejects where its parameters are no key. */
  forAlgorithm(algorithm: string): Promise<CryptoKey | Uint8Array> {
    const known = this.#imported.get(algorithm)
    if (known !== undefined) return known
    const imported = importJWK(this.#jwk, algorithm)
    this.#imported.set(algorithm, imported)
    return imported
  }
}

const edwards: ReadonlySet<string> = new Set(['EdDSA', 'Ed25519'])
const curves: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }
