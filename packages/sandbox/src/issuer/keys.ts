import { createHash, generateKeyPair, type KeyObject, randomBytes, randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import { compactVerify, createLocalJWKSet, decodeJwt, exportJWK, type JWK, SignJWT } from 'jose'
import { selfSignedCertificate } from './certificate.ts'

const generate = promisify(generateKeyPair)

interface RealmKey {
  readonly jwk: JWK & { readonly kid: string }
  readonly privateKey: KeyObject
}

type Claims = Readonly<Record<string, unknown>>

export interface RotationOptions {
  /** Whether tokens signed by the previous keys can still be verified. Default: true. */
  readonly keepPrevious?: boolean
}

/** A realm's keys: one that signs, one for encryption that verifiers must skip, and former ones. */
export class RealmKeys {
  readonly #realm: string
  readonly #encryption: RealmKey
  /** For what the realm tells only itself. */
  readonly #own = { kid: randomUUID(), secret: randomBytes(64) }
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

  /** Refresh tokens are signed by a secret: nobody but the realm reads them. */
  signRefresh(claims: Record<string, unknown>): Promise<string> {
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS512', typ: 'JWT', kid: this.#own.kid })
      .sign(this.#own.secret)
  }

  /** The claims of an access token that the realm signed, expired or not; `undefined` for any other text. */
  accessClaims(token: string): Promise<Claims | undefined> {
    const keys = createLocalJWKSet(this.jwks())
    return claimsIf(token, () => compactVerify(token, keys, { algorithms: ['RS256'] }))
  }

  /** The same of a refresh token. */
  refreshClaims(token: string): Promise<Claims | undefined> {
    return claimsIf(token, () => compactVerify(token, this.#own.secret, { algorithms: ['HS512'] }))
  }
}

async function claimsIf(token: string, verify: () => Promise<unknown>): Promise<Claims | undefined> {
  try {
    await verify()
    return { ...decodeJwt(token) }
  } catch {
    return undefined
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
