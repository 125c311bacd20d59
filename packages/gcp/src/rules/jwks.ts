/** One key of a JWKS (RFC 7517), as far as it can be read. */
export type Jwk = Readonly<Record<string, unknown>>

/** What Google checks of a token's key: only these verify (STS reference, ExchangeTokenRequest.subjectToken). */
export const algorithms = ['RS256', 'ES256'] as const

/** The keys in a JWKS text, or `undefined` where it is none. */
export function parseJwks(text: string): readonly Jwk[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    if (!isObject(parsed) || !Array.isArray(parsed['keys'])) return undefined
    const keys: readonly unknown[] = parsed['keys']
    return keys.every(isObject) ? keys : undefined
  } catch {
    return undefined
  }
}

/** Whether a key can verify signatures of an algorithm: RSA for RS256, EC on P-256 for ES256. */
export function fits(key: Jwk, algorithm: unknown): boolean {
  if (algorithm === 'RS256') return key['kty'] === 'RSA'
  return algorithm === 'ES256' && key['kty'] === 'EC' && key['crv'] === 'P-256'
}

/** How people name a key: by its id and kind. */
export function describeKey(key: Jwk): string {
  const id = typeof key['kid'] === 'string' ? key['kid'] : '(no kid)'
  const curve = typeof key['crv'] === 'string' ? ` ${key['crv']}` : ''
  return `${id} (${typeof key['kty'] === 'string' ? key['kty'] : 'no kty'}${curve})`
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
