import { createHash, generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { exportJWK, type JWK, SignJWT } from 'jose'
import { selfSignedCertificate } from './certificate.ts'

const generate = promisify(generateKeyPair)

interface RealmKey {
  readonly jwk: JWK & { readonly kid: string }
  readonly privateKey: KeyObject
}

export interface RotationOptions {
  /** Whether tokens signed by the previous keys can still be verified. Default: true. */
  readonly keepPrevious?: boolean
}

/** A realm's keys: one that signs, one for encryption that verifiers must skip, and former ones. */
export class RealmKeys {
  readonly #realm: string
  readonly #encryption: RealmKey
  #signing: RealmKey
  #former: readonly RealmKey[] = []

  private constructor(realm: string, signing: RealmKey, encryption: RealmKey) {
    this.#realm = realm
    this.#signing = signing
    this.#encryption = encryption
  }

  static async generate(realm: string, now: Date): Promise<RealmKeys> {
    const [signing, encryption] = await Promise.all([newKey(realm, signingUse, now), newKey(realm, encryptionUse, now)])
    return new RealmKeys(realm, signing, encryption)
  }

  async rotate(now: Date, options: RotationOptions = {}): Promise<void> {
    const next = await newKey(this.#realm, signingUse, now)
    this.#former = options.keepPrevious === false ? [] : [this.#signing, ...this.#former]
    this.#signing = next
  }

  /** In no order that means anything, as Keycloak's: by key id, which is a hash. */
  jwks(): { keys: JWK[] } {
    const keys = [this.#signing, this.#encryption, ...this.#former].map((key) => key.jwk)
    return { keys: keys.toSorted((one, other) => (one.kid < other.kid ? -1 : 1)) }
  }

  sign(claims: Record<string, unknown>): Promise<string> {
    const header = { alg: 'RS256', typ: 'JWT', kid: this.#signing.jwk.kid }
    return new SignJWT(claims).setProtectedHeader(header).sign(this.#signing.privateKey)
  }
}

const signingUse = { alg: 'RS256', use: 'sig' }
const encryptionUse = { alg: 'RSA-OAEP', use: 'enc' }

async function newKey(realm: string, use: { alg: string; use: string }, now: Date): Promise<RealmKey> {
  const { publicKey, privateKey } = await generate('rsa', { modulusLength: 2048 })
  const { n = '', e = '' } = await exportJWK(publicKey)
  const certificate = selfSignedCertificate(privateKey, realm, now)
  const jwk = {
    // Keycloak's key id: the SHA-256 of the public key.
    kid: hash('sha256', publicKey.export({ type: 'spki', format: 'der' })),
    kty: 'RSA',
    ...use,
    x5c: [certificate.toString('base64')],
    x5t: hash('sha1', certificate),
    'x5t#S256': hash('sha256', certificate),
    n,
    e,
  }
  return { jwk, privateKey }
}

function hash(algorithm: string, content: Uint8Array): string {
  return createHash(algorithm).update(content).digest('base64url')
}
