import { FederateError } from '../errors.ts'

/** A JWK set (RFC 7517 section 5). */
interface KeySet {
  keys: { kty: string }[]
}

/**
 * Reads a JWK set that holds a key; what among its keys is none is passed over, as RFC 7517 section 5 asks.
 *
 * @param place Where it was found, as a sentence begins: the path of a file.
 * @throws FederateError (usage) `JWKS_INVALID`, `JWKS_NO_KEY`.
 */
export function parseKeySet(text: string, place: string): KeySet {
  const members = membersIn(text)
  if (members === undefined)
    throw wrong('JWKS_INVALID', `${place} is no JWK set: a JSON object with a list "keys" was expected.`)
  const keys = members.filter(isKey)
  if (keys.length === 0) throw wrong('JWKS_NO_KEY', `${place} is a JWK set that holds no key.`)
  return { keys }
}

function membersIn(text: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && 'keys' in value && Array.isArray(value.keys)) return value.keys
  } catch {
    // Falls through to the same answer: it is no JWK set.
  }
  return undefined
}

function isKey(value: unknown): value is { kty: string } {
  return typeof value === 'object' && value !== null && 'kty' in value && typeof value.kty === 'string'
}

function wrong(code: string, problem: string): FederateError {
  return new FederateError({
    code,
    outcome: 'usage',
    problem,
    next: "Save the document behind the issuer's jwks_uri and name that file.",
  })
}
