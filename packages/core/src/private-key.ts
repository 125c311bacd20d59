import { createPrivateKey, type KeyObject } from 'node:crypto'
import { FederateError } from './errors.ts'
import { algorithmFor } from './key-algorithm.ts'

export interface PrivateKeyOptions {
  /** `kid` of the assertion's header. Default: that of the JWK, else none. */
  readonly keyId?: string | undefined
  /** JWA name (RFC 7518). Default: `alg` of the JWK, else by the kind of key. */
  readonly algorithm?: string | undefined
}

export interface PrivateKey {
  readonly key: KeyObject
  readonly algorithm: string
  readonly keyId?: string
}

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
    armour: /-----BEGIN ENCRYPTED PRIVATE KEY|^Proc-Type: 4,ENCRYPTED/m,
    code: 'KEY_ENCRYPTED',
    found: 'a private key encrypted with a passphrase',
    next: 'Decrypt it with "openssl pkcs8 -in key.pem -out service.key" (under umask 077), and protect the file by its permissions.',
  },
  {
    armour: /-----BEGIN OPENSSH PRIVATE KEY/,
    code: 'KEY_UNSUPPORTED',
    found: 'a private key in the format of OpenSSH',
    next: 'Make a key with "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out service.key".',
  },
]

/**
 * Reads a private key for signing: PEM (PKCS#8; PKCS#1 and SEC1 too) or a JWK.
 *
 * @throws FederateError (usage) `KEY_IS_PUBLIC`, `KEY_IS_CERTIFICATE`, `KEY_ENCRYPTED`, `KEY_UNSUPPORTED`, `KEY_IS_JWK_SET`,
 *   `KEY_NOT_FOR_SIGNING`, `KEY_UNREADABLE`, `KEY_TOO_SHORT`, `KEY_ALGORITHM`.
 */
export function readPrivateKey(text: string, options: PrivateKeyOptions = {}): PrivateKey {
  if (text.trimStart().startsWith('{')) return fromJwk(text, options)
  const other = otherPems.find(({ armour }) => armour.test(text))
  // A file may hold a certificate beside its key; then the key is what is meant.
  if (other !== undefined && !/-----BEGIN (RSA |EC )?PRIVATE KEY-----(?!\s*Proc-Type)/.test(text)) {
    throw unusable(other.code, other.found, other.next)
  }
  if (!text.includes('-----BEGIN ')) {
    throw unusable(
      'KEY_UNREADABLE',
      'neither PEM nor JSON',
      'Check the path, and that the key is in PEM and not in DER or PKCS#12.',
    )
  }
  return described(imported(text), options)
}

function fromJwk(text: string, options: PrivateKeyOptions): PrivateKey {
  const jwk = parsedJwk(text)
  if ('keys' in jwk) {
    throw unusable('KEY_IS_JWK_SET', 'a set of keys (a JSON object with "keys")', 'Give one key of the set.')
  }
  const members: Record<string, string> = {}
  for (const [name, value] of Object.entries(jwk)) if (typeof value === 'string') members[name] = value
  if (members['kty'] === 'oct') {
    throw unusable(
      'KEY_UNSUPPORTED',
      'a symmetric key (kty "oct")',
      'Give an RSA, EC or Ed25519 key, or use a client secret.',
    )
  }
  if (members['d'] === undefined) {
    throw unusable('KEY_IS_PUBLIC', 'a public JWK (it has no "d")', 'Give the private key of the pair.')
  }
  if (members['use'] === 'enc') {
    throw unusable(
      'KEY_NOT_FOR_SIGNING',
      'a JWK for encryption (use "enc")',
      'Give a key with use "sig", or without use.',
    )
  }
  return described(imported({ key: members, format: 'jwk' }), {
    keyId: options.keyId ?? members['kid'],
    algorithm: options.algorithm ?? members['alg'],
  })
}

function parsedJwk(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // What the parser says quotes the key.
  }
  throw unusable('KEY_UNREADABLE', 'text that starts like JSON but is not', 'Check that the JWK was copied whole.')
}

/** What OpenSSL says of a broken key may quote it, so only its code is kept. */
function imported(material: Parameters<typeof createPrivateKey>[0]): KeyObject {
  try {
    return createPrivateKey(material)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
    throw unusable(
      'KEY_UNREADABLE',
      `a key that cannot be decoded${code}`,
      'Check that the key was copied whole, with its line breaks.',
    )
  }
}

function described(key: KeyObject, { keyId, algorithm }: PrivateKeyOptions): PrivateKey {
  return { key, algorithm: algorithmFor(key, algorithm), ...(keyId === undefined ? {} : { keyId }) }
}

function unusable(code: string, found: string, next: string): FederateError {
  return new FederateError({
    code,
    outcome: 'usage',
    problem: `What was given as the private key is ${found}; a private key in PEM (PKCS#8) or as a JWK was expected.`,
    next,
  })
}
