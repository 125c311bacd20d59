import type { KeyObject } from 'node:crypto'
import { FederateError } from '../errors.ts'

const rsaAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']
const curveAlgorithms: Readonly<Record<string, string>> = {
  prime256v1: 'ES256',
  secp384r1: 'ES384',
  secp521r1: 'ES512',
}

/**
 * The JWA name (RFC 7518, RFC 8037) to sign with: the wanted one if the key can do it, else the usual one of its kind.
 *
 * @throws FederateError (usage) `KEY_UNSUPPORTED`, `KEY_TOO_SHORT` (RSA under 2048 bits, RFC 7518 section 3.3),
 *   `KEY_ALGORITHM`.
 */
export function algorithmFor(key: KeyObject, wanted?: string): string {
  const possible = algorithmsOf(key)
  const [usual] = possible
  if (usual === undefined) throw unsupported(key)
  if (wanted === undefined || possible.includes(wanted)) return wanted ?? usual
  throw new FederateError({
    code: 'KEY_ALGORITHM',
    outcome: 'usage',
    problem: `The algorithm ${wanted} was asked for, but the key is ${describe(key)}, which signs with ${possible.join(', ')}.`,
    next: 'Leave the algorithm out, or give a key of the right kind.',
  })
}

function algorithmsOf(key: KeyObject): readonly string[] {
  if (key.asymmetricKeyType === 'rsa') {
    if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048) throw tooShort(key)
    return rsaAlgorithms
  }
  if (key.asymmetricKeyType === 'ed25519') return ['EdDSA', 'Ed25519']
  const algorithm = curveAlgorithms[key.asymmetricKeyDetails?.namedCurve ?? '']
  return algorithm === undefined ? [] : [algorithm]
}

function describe(key: KeyObject): string {
  const curve = key.asymmetricKeyDetails?.namedCurve
  return `of type ${key.asymmetricKeyType ?? 'unknown'}${curve === undefined ? '' : ` on curve ${curve}`}`
}

function tooShort(key: KeyObject): FederateError {
  return new FederateError({
    code: 'KEY_TOO_SHORT',
    outcome: 'usage',
    problem: `The RSA key has ${key.asymmetricKeyDetails?.modulusLength ?? 0} bits, where at least 2048 are required.`,
    next: 'Make a longer key and register it at the issuer.',
  })
}

function unsupported(key: KeyObject): FederateError {
  return new FederateError({
    code: 'KEY_UNSUPPORTED',
    outcome: 'usage',
    problem: `The private key is ${describe(key)}; RSA, P-256, P-384, P-521 or Ed25519 was expected.`,
    next: 'Make a key of one of these kinds and register it at the issuer.',
  })
}
