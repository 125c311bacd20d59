import { FederateError } from '@federate/core'
import type { FoundKey } from '../signature.ts'
import { isRocaModulus } from './roca.ts'
import { type PublicJwk, VerificationKey } from './verification-key.ts'

/** More keys than this are no issuer's: each would have to be looked at for every token. */
const mostKeys = 200
/** RFC 7518 section 3.3. */
const leastModulusBits = 2048

/** The keys that one issuer signs with at a time. */
export class KeySet {
  readonly #keys: readonly VerificationKey[]
  readonly #members: ReadonlySet<VerificationKey>

  constructor(keys: readonly VerificationKey[]) {
    this.#keys = keys
    this.#members = new Set(keys)
  }

  /**
   * The key of a token's header: by its id, or the only one that fits where the header names none (RFC 7515 section
   * 4.1.4 makes it optional). Where two would fit, none does: nobody could say which one was meant.
   */
  find(id: string | undefined, algorithm: string): FoundKey {
    const named = id === undefined ? this.#keys : this.#keys.filter((key) => key.id === id)
    if (named.length === 0) return 'unknown'
    const [first, second] = named.filter((key) => key.fits(algorithm))
    return first === undefined || second !== undefined ? 'unfit' : first
  }

  holds(key: VerificationKey): boolean {
    return this.#members.has(key)
  }

  /** This set with the very objects of another for the keys that both have, so that what was verified by them still is. */
  keeping(before: KeySet | undefined): KeySet {
    const known = new Map((before === undefined ? [] : before.#keys).map((key) => [key.fingerprint, key]))
    return new KeySet(this.#keys.map((key) => known.get(key.fingerprint) ?? key))
  }
}

/**
 * Reads a JWK set (RFC 7517 section 5). Keys that are not for signatures are passed over, Keycloak's `use: enc` among
 * them; so are kinds that are not known, private and symmetric keys, and RSA keys that are too short or of a broken generator.
 *
 * @throws FederateError `JWKS_INVALID`, `JWKS_TOO_MANY_KEYS` (refused), `JWKS_NO_KEY` (refused).
 */
export function readKeySet(document: Readonly<Record<string, unknown>>, source: string): KeySet {
  const { keys } = document
  if (!Array.isArray(keys)) throw invalid('JWKS_INVALID', source, 'has no list "keys", as a JWK set must')
  if (keys.length > mostKeys)
    throw invalid('JWKS_TOO_MANY_KEYS', source, `has ${keys.length} keys, of which at most ${mostKeys} are read`)
  const usable = keys.filter(isSigningKey).map((jwk) => new VerificationKey(jwk))
  if (usable.length === 0)
    throw invalid('JWKS_NO_KEY', source, `has no public key for signatures among its ${keys.length}`)
  return new KeySet(usable)
}

function isSigningKey(value: unknown): value is PublicJwk {
  if (typeof value !== 'object' || value === null) return false
  const jwk: Readonly<Record<string, unknown>> = { ...value }
  if (jwk['use'] !== undefined && jwk['use'] !== 'sig') return false
  if (Array.isArray(jwk['key_ops']) && !jwk['key_ops'].includes('verify')) return false
  if (jwk['d'] !== undefined || !textOrNothing(jwk['kid']) || !textOrNothing(jwk['alg'])) return false
  const texts = (names: readonly string[]) => names.every((name) => typeof jwk[name] === 'string' && jwk[name] !== '')
  if (jwk['kty'] === 'RSA') return texts(['n', 'e']) && isSoundModulus(String(jwk['n']))
  if (jwk['kty'] === 'EC') return texts(['crv', 'x', 'y'])
  return jwk['kty'] === 'OKP' && texts(['crv', 'x'])
}

function textOrNothing(value: unknown): boolean {
  return value === undefined || typeof value === 'string'
}

function isSoundModulus(modulus: string): boolean {
  return Buffer.from(modulus, 'base64url').length * 8 >= leastModulusBits && !isRocaModulus(modulus)
}

function invalid(code: string, source: string, what: string): FederateError {
  return new FederateError({
    code,
    outcome: 'refused',
    problem: `${source} ${what}.`,
    next: 'Look at that address: the issuer’s discovery document names it as its jwks_uri.',
    details: { url: source },
  })
}
