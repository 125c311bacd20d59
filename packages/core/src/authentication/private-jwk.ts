import { printable } from '../redaction/printable.ts'
import { unusableKey } from './unusable-key.ts'

/** The members of a JWK that are texts, which are all that matter for a private key. */
export type JwkMembers = Readonly<Record<string, string>>

/**
 * Reads a private JWK, or chooses one of a JWKS: the one whose `kid` is asked for, else the only one that can sign.
 *
 * @throws FederateError (usage) `KEY_UNREADABLE`, `KEY_NOT_IN_SET`, `KEY_AMBIGUOUS`, `KEY_UNSUPPORTED`, `KEY_IS_PUBLIC`,
 *   `KEY_NOT_FOR_SIGNING`.
 */
export function readPrivateJwk(text: string, keyId: string | undefined): JwkMembers {
  const value = parsed(text)
  const jwk = 'keys' in value ? chosen(keysOf(value.keys), keyId) : members(value)
  if (jwk['kty'] === 'oct') {
    throw unusableKey('KEY_UNSUPPORTED', 'a symmetric key (kty "oct")', {
      next: 'Give an RSA, EC or Ed25519 key, or use a client secret.',
    })
  }
  if (jwk['d'] === undefined) {
    throw unusableKey('KEY_IS_PUBLIC', 'a public JWK (it has no "d")', { next: 'Give the private key of the pair.' })
  }
  if (jwk['use'] === 'enc') {
    throw unusableKey('KEY_NOT_FOR_SIGNING', 'a JWK for encryption (use "enc")', {
      next: 'Give a key with use "sig", or without use.',
    })
  }
  return jwk
}

function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // What the parser says quotes the key.
  }
  throw unusableKey('KEY_UNREADABLE', 'text that starts like JSON but is not', {
    next: 'Check that the JWK was copied whole.',
  })
}

function keysOf(keys: unknown): readonly JwkMembers[] {
  if (!Array.isArray(keys)) {
    throw unusableKey('KEY_UNREADABLE', 'a set of keys whose "keys" is no list', {
      next: 'Check that the JWKS was copied whole.',
    })
  }
  return keys.map((key: unknown) => (typeof key === 'object' && key !== null ? members(key) : {}))
}

function members(jwk: object): JwkMembers {
  const texts: Record<string, string> = {}
  for (const [name, value] of Object.entries(jwk)) if (typeof value === 'string') texts[name] = value
  return texts
}

function chosen(keys: readonly JwkMembers[], keyId: string | undefined): JwkMembers {
  const named = keyId === undefined ? undefined : keys.find((key) => key['kid'] === keyId)
  if (named !== undefined) return named
  const ids = keys.map((key) => printable(key['kid'] ?? '(no kid)')).join(', ')
  if (keyId !== undefined) {
    throw unusableKey(
      'KEY_NOT_IN_SET',
      `a set of keys without the kid "${printable(keyId)}"; it has: ${ids || 'none'}`,
      {
        next: 'Name one of these as the key id, or put the key into the set.',
      },
    )
  }
  const signing = keys.filter((key) => key['kty'] !== 'oct' && key['d'] !== undefined && key['use'] !== 'enc')
  const [only] = signing
  if (only !== undefined && signing.length === 1) return only
  throw unusableKey('KEY_AMBIGUOUS', `a set of keys of which ${signing.length} can sign (${ids || 'none'})`, {
    next: signing.length === 0 ? 'Put a private key into the set.' : 'Name one of them by its key id.',
  })
}
