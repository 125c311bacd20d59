import { createPublicKey, type KeyObject } from 'node:crypto'

/** The members of a public JWK (RFC 7517 section 4, RFC 7518 section 6, RFC 8037 section 2) that matter here. */
export interface PublicJwk {
  readonly kty: string
  readonly kid?: string
  readonly alg?: string
  readonly crv?: string
  readonly n?: string
  readonly e?: string
  readonly x?: string
  readonly y?: string
}

/** One public key of an issuer, by which its signatures are checked. */
export class VerificationKey {
  readonly id: string | undefined
  /** Its public parameters as text: equal for equal keys. */
  readonly fingerprint: string
  readonly #jwk: PublicJwk
  #imported: KeyObject | undefined

  constructor(jwk: PublicJwk) {
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

  /** The key itself, imported when it is first needed. @throws Error where its parameters are no key. */
  get publicKey(): KeyObject {
    this.#imported ??= createPublicKey({ key: { ...this.#jwk }, format: 'jwk' })
    return this.#imported
  }
}

const edwards: ReadonlySet<string> = new Set(['EdDSA', 'Ed25519'])
const curves: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }
