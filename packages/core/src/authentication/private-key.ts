import { createPrivateKey, type KeyObject } from 'node:crypto'
import { algorithmFor } from './key-algorithm.ts'
import { readPrivateJwk } from './private-jwk.ts'
import { unusableKey } from './unusable-key.ts'

export interface PrivateKeyOptions {
  /** `kid` of the assertion's header, and of the key to take from a JWKS. Default: that of the JWK, else none. */
  readonly keyId?: string | undefined
  /** JWA name (RFC 7518). Default: `alg` of the JWK, else by the kind of key. */
  readonly algorithm?: string | undefined
  /** Of an encrypted PEM. Default: none. */
  readonly passphrase?: string | undefined
}

export interface PrivateKey {
  readonly key: KeyObject
  readonly algorithm: string
  readonly keyId?: string
}

const encryptedArmour = /-----BEGIN ENCRYPTED PRIVATE KEY|^Proc-Type: 4,ENCRYPTED/m

/** What people hand over instead of a private key, by the first line of the PEM. */
const otherPems: readonly {
  readonly armour: RegExp
  readonly code: string
  readonly found: string
  readonly next: string
}[] = [
  {
    armour: /-----BEGIN (TRUSTED )?CERTIFICATE/,
    code: 'KEY_IS_CERTIFICATE',
    found: 'a certificate',
    next: 'Give the private key that belongs to it; the certificate goes to the issuer.',
  },
  {
    armour: /-----BEGIN ([A-Z]+ )?PUBLIC KEY/,
    code: 'KEY_IS_PUBLIC',
    found: 'a public key',
    next: 'Give the private key of the pair; the public one goes to the issuer.',
  },
  {
    armour: /-----BEGIN OPENSSH PRIVATE KEY/,
    code: 'KEY_UNSUPPORTED',
    found: 'a private key in the format of OpenSSH',
    next: 'Make a key with "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out service.key".',
  },
]

/**
 * Reads a private key for signing: PEM (PKCS#8, encrypted or not; PKCS#1 and SEC1 too), a JWK, or a JWKS with it.
 *
 * @throws FederateError (usage) `KEY_IS_PUBLIC`, `KEY_IS_CERTIFICATE`, `KEY_ENCRYPTED`, `KEY_PASSPHRASE`, `KEY_UNSUPPORTED`,
 *   `KEY_NOT_IN_SET`, `KEY_AMBIGUOUS`, `KEY_NOT_FOR_SIGNING`, `KEY_UNREADABLE`, `KEY_TOO_SHORT`, `KEY_ALGORITHM`.
 */
export function readPrivateKey(text: string, options: PrivateKeyOptions = {}): PrivateKey {
  if (text.trimStart().startsWith('{')) return fromJwk(text, options)
  const encrypted = encryptedArmour.test(text)
  const other = otherPems.find(({ armour }) => armour.test(text))
  // A file may hold a certificate beside its key; then the key is what is meant.
  if (other !== undefined && !encrypted && !/-----BEGIN (RSA |EC )?PRIVATE KEY-----/.test(text)) {
    throw unusableKey(other.code, other.found, other)
  }
  if (!text.includes('-----BEGIN ')) {
    throw unusableKey('KEY_UNREADABLE', 'neither PEM nor JSON', {
      next: 'Check the path, and that the key is in PEM and not in DER or PKCS#12.',
    })
  }
  if (!encrypted) return described(imported(text), options)
  if (options.passphrase !== undefined) return described(decrypted(text, options.passphrase), options)
  throw unusableKey('KEY_ENCRYPTED', 'a private key encrypted with a passphrase', {
    next: 'Give the passphrase beside it, by a file or an environment variable.',
  })
}

function fromJwk(text: string, options: PrivateKeyOptions): PrivateKey {
  const jwk = readPrivateJwk(text, options.keyId)
  return described(imported({ key: jwk, format: 'jwk' }), {
    keyId: options.keyId ?? jwk['kid'],
    algorithm: options.algorithm ?? jwk['alg'],
  })
}

/** A wrong passphrase mostly shows as bad padding, sometimes as a broken key: both are told as the passphrase. */
function decrypted(text: string, passphrase: string): KeyObject {
  try {
    return createPrivateKey({ key: text, passphrase })
  } catch (error) {
    throw unusableKey('KEY_PASSPHRASE', `encrypted, and the passphrase does not open it${codeOf(error)}`, {
      next: 'Give the passphrase of this very key; a newline at its end does not count.',
    })
  }
}

/** What OpenSSL says of a broken key may quote it, so only its code is kept. */
function imported(material: Parameters<typeof createPrivateKey>[0]): KeyObject {
  try {
    return createPrivateKey(material)
  } catch (error) {
    throw unusableKey('KEY_UNREADABLE', `a key that cannot be decoded${codeOf(error)}`, {
      next: 'Check that the key was copied whole, with its line breaks.',
    })
  }
}

function described(key: KeyObject, { keyId, algorithm }: PrivateKeyOptions): PrivateKey {
  return { key, algorithm: algorithmFor(key, algorithm), ...(keyId === undefined ? {} : { keyId }) }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
}
