import { compactVerify, decodeJwt, decodeProtectedHeader, importJWK, type JWK } from 'jose'
import { Refusal } from './message.ts'
import type { ClientDefinition, SecretAlgorithm } from './realm.ts'
import type { RunningRealm } from './running-realm.ts'

/** RFC 7523 section 2.2. */
export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

export type Claims = Readonly<Record<string, unknown>>

/** Seconds that Keycloak forgives when a clock runs ahead, and that an assertion lives at most. */
export interface TimeLimits {
  readonly clockSkew: number
  readonly maximumAge: number
}

const ownLimits: TimeLimits = { clockSkew: 15, maximumAge: 60 }

const algorithms = new Set([
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'],
])

/** What an assertion is checked with: the client's public keys, or the secret that it shares. */
export type AssertionKey =
  | { readonly jwks: { readonly keys: readonly JWK[] } }
  | { readonly secret: string; readonly algorithm: SecretAlgorithm }

/** The client that an assertion names as its issuer and subject, or `undefined` for anything else. */
export function assertionClient(form: URLSearchParams): string | undefined {
  const claims = claimsOf(form.get('client_assertion') ?? '')
  const subject = claims?.['sub']
  return typeof subject === 'string' && claims?.['iss'] === subject ? subject : undefined
}

/**
 * Checks a client's signed JWT as Keycloak 26.7.4 does, in its order: parameters, names, algorithm, key, signature,
 * audience, times, and that it is used for the first time.
 *
 * @throws Refusal as Keycloak words it; for an assertion that cannot be parsed Keycloak shows a Java exception instead.
 */
export async function verifyAssertion(
  realm: RunningRealm,
  client: ClientDefinition,
  key: AssertionKey,
  form: URLSearchParams,
): Promise<void> {
  const assertion = assertionParameter(form)
  const claims = claimsOf(assertion)
  if (claims === undefined) throw unreadable(key)
  checkNames(client, claims)
  if ('jwks' in key) await checkSignature(assertion, key.jwks)
  else await checkSecretSignature(assertion, key)
  checkAudience(claims, [realm.issuer, realm.tokenEndpoint])
  const expires = checkTimes(realm, claims, ownLimits)
  checkFirstUse(realm, client, claims, expires)
}

function assertionParameter(form: URLSearchParams): string {
  const type = form.get('client_assertion_type')
  if (type === null) throw refused('Parameter client_assertion_type is missing')
  if (type !== assertionType) {
    throw refused(`Parameter client_assertion_type has value '${type}' but expected is '${assertionType}'`)
  }
  const assertion = form.get('client_assertion')
  if (assertion === null) throw refused('client_assertion parameter missing')
  return assertion
}

function checkNames(client: ClientDefinition, claims: Claims): void {
  if (typeof claims['sub'] !== 'string' || claims['iss'] !== claims['sub']) {
    throw new Refusal(401, 'invalid_client', 'Invalid client or Invalid client credentials')
  }
  if (claims['sub'] !== client.clientId) throw refused('client_id parameter does not match authenticated client')
}

async function checkSignature(assertion: string, jwks: { readonly keys: readonly JWK[] }): Promise<void> {
  const found = await signatureBy(assertion, jwks.keys)
  if (found === 'no key') throw refused('Unable to load public key')
  if (found === 'verified') return
  throw refused('Client authentication with signed JWT failed: Signature on JWT token failed validation')
}

/** @throws Refusal for an algorithm that is no signature by a private key. */
export async function signatureBy(
  assertion: string,
  known: readonly JWK[],
): Promise<'verified' | 'no key' | 'not verified'> {
  const { alg = '', kid } = decodeProtectedHeader(assertion)
  if (!algorithms.has(alg)) throw refused('Invalid signature algorithm')
  const keys = known.filter((key) => kid === undefined || key.kid === kid)
  if (keys.length === 0) return 'no key'
  for (const key of keys) if (await verifies(assertion, key, alg)) return 'verified'
  return 'not verified'
}

/** Keycloak has another code for it than for a signature by a key, and two spaces in its words. */
async function checkSecretSignature(
  assertion: string,
  { secret, algorithm }: { readonly secret: string; readonly algorithm: SecretAlgorithm },
): Promise<void> {
  if (decodeProtectedHeader(assertion).alg !== algorithm) throw refused('Invalid signature algorithm')
  try {
    await compactVerify(assertion, new TextEncoder().encode(secret))
  } catch {
    throw secretRefused('Signature on JWT token by client secret  failed validation')
  }
}

function unreadable(key: AssertionKey): Refusal {
  if ('jwks' in key) return refused('Client authentication with signed JWT failed: Parsing error')
  return secretRefused('java.lang.IllegalArgumentException: Parsing error')
}

function secretRefused(why: string): Refusal {
  return new Refusal(400, 'unauthorized_client', `Client authentication with client secret signed JWT failed: ${why}`)
}

async function verifies(assertion: string, key: JWK, algorithm: string): Promise<boolean> {
  if (key.alg !== undefined && key.alg !== algorithm) return false
  try {
    await compactVerify(assertion, await importJWK(key, algorithm))
    return true
  } catch {
    return false
  }
}

export function checkAudience(claims: Claims, accepted: readonly string[]): void {
  const audience: unknown[] = Array.isArray(claims['aud']) ? claims['aud'] : [claims['aud']]
  if (audience.length > 1) throw refused('Multiple audiences not allowed')
  if (!accepted.some((one) => one === audience[0])) throw refused('Invalid token audience')
}

/** Only `nbf` and an `iat` in the future are given leeway; Keycloak gives none to `exp` and to an old `iat`. */
export function checkTimes(realm: RunningRealm, claims: Claims, { clockSkew, maximumAge }: TimeLimits): number {
  const now = realm.seconds()
  const expires = numeric(claims, 'exp')
  const issued = numeric(claims, 'iat')
  if (expires === undefined) throw refused('Token exp claim is required')
  if (expires <= now || (numeric(claims, 'nbf') ?? 0) > now + clockSkew) throw refused('Token is not active')
  if (issued === undefined) {
    if (expires <= now + maximumAge) return expires
    throw refused('Token expiration is too far in the future and iat claim not present in token')
  }
  if (issued > now + clockSkew) throw refused('Token was issued in the future')
  if (issued < now - maximumAge) throw refused('Token was issued too far in the past to be used now')
  return expires
}

export function checkFirstUse(realm: RunningRealm, client: ClientDefinition, claims: Claims, expires: number): void {
  const id = claims['jti']
  if (typeof id !== 'string') throw refused('Token jti claim is required')
  const now = realm.seconds()
  for (const [used, until] of realm.usedAssertions) if (until < now) realm.usedAssertions.delete(used)
  const key = JSON.stringify([client.clientId, id])
  if (realm.usedAssertions.has(key)) throw refused('Token reuse detected')
  realm.usedAssertions.set(key, expires)
}

function numeric(claims: Claims, name: string): number | undefined {
  const value = claims[name]
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

export function claimsOf(assertion: string): Claims | undefined {
  try {
    decodeProtectedHeader(assertion)
    return { ...decodeJwt(assertion) }
  } catch {
    return undefined
  }
}

export function refused(description: string): Refusal {
  return new Refusal(400, 'invalid_client', description)
}
