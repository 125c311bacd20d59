type Claims = Readonly<Record<string, unknown>>

/** New in each token, or of the request rather than of the realm. */
const ofOneToken = new Set(['exp', 'iat', 'nbf', 'jti', 'sid', 'auth_time'])
/** What a session notes of its request: an example has none. */
const ofRequest = new Set(['client_id', 'clientId', 'clientHost', 'clientAddress'])

/** Those of the claims that can be compared with Keycloak's example, in an order that does not differ by itself. */
export function comparable(claims: Claims, example: Claims): Claims {
  const kept = Object.entries(claims).filter(
    ([name, value]) =>
      !ofOneToken.has(name) && (!ofRequest.has(name) || example[name] !== undefined) && !saysNothing(value),
  )
  return Object.fromEntries(kept.map(([name, value]) => [name, name === 'scope' ? scopes(value) : sorted(value)]))
}

/** Keycloak 26.0 writes the address of users who have none as an empty object, newer ones leave it out. */
function saysNothing(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0
}

function scopes(value: unknown): string {
  const names = String(value).split(' ')
  return names
    .filter((name) => name !== '' && name !== 'openid')
    .sort()
    .join(' ')
}

/** Keycloak gives audiences and roles in any order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.every((one) => typeof one === 'string') ? [...value].sort() : value
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, sorted(one)]))
}
