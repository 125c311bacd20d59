import { type GoogleFault, invalid } from './google-fault.ts'

const fields = new Set(['kty', 'alg', 'use', 'kid', 'n', 'e', 'x', 'y', 'crv'])
const mostKeys = 8

/**
 * Checks a JWKS that is uploaded to a provider: RSA and P-256 keys, eight at most, with nothing but the fields that the
 * REST reference lists (IAM, "Oidc.jwksJson"; "Troubleshoot Workload Identity Federation", Input JWK).
 *
 * @throws GoogleFault INVALID_ARGUMENT
 */
export function checkedJwks(text: string): void {
  const keys = keysOf(text)
  if (keys === undefined || keys.length === 0) throw notValid()
  if (keys.length > mostKeys) throw invalid(`Number of keys in the JWKS must not exceed ${mostKeys}.`)
  if (!keys.every(isAccepted)) throw notValid()
}

function keysOf(text: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const keys = typeof value === 'object' && value !== null && 'keys' in value ? value.keys : undefined
    return Array.isArray(keys) ? keys : undefined
  } catch {
    return undefined
  }
}

function isAccepted(key: unknown): boolean {
  if (typeof key !== 'object' || key === null || Object.keys(key).some((name) => !fields.has(name))) return false
  const [kty, crv, kid]: unknown[] = ['kty', 'crv', 'kid'].map((name) => Reflect.get(key, name))
  return typeof kid === 'string' && (kty === 'RSA' || (kty === 'EC' && crv === 'P-256'))
}

function notValid(): GoogleFault {
  return invalid('Input JWK is not in a valid json format.')
}
