import { X509Certificate } from 'node:crypto'
import { FederateError, foundIn, isLoopbackHost, printable } from '@federate/core'
import type { KeyCredential } from './key.ts'

/** Members by which a JWK would be a private or a symmetric key (RFC 7518 section 6). */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

/**
 * How Keycloak is told of a customer's credential: authenticator and attributes. A secret comes separately.
 *
 * @throws FederateError (usage) `KEY_JWKS_INVALID`, `KEY_JWKS_PRIVATE`, `KEY_JWKS_URL`, `KEY_CERTIFICATE_INVALID`,
 *   `KEY_CERTIFICATE_EXPIRED`.
 */
export function credentialAttributes(
  credential: KeyCredential,
  now: Date,
): { readonly authenticator: string; readonly attributes: Readonly<Record<string, string>> } {
  const byKeys = (attributes: Readonly<Record<string, string>>) => ({ authenticator: 'client-jwt', attributes })
  switch (credential.kind) {
    case 'secret':
      return { authenticator: 'client-secret', attributes: {} }
    case 'jwks':
      return byKeys({
        ...{ 'use.jwks.string': 'true', 'use.jwks.url': 'false' },
        'jwks.string': foundIn(credential.place, () => publicKeys(credential.jwks)),
      })
    case 'jwks-url':
      return byKeys({ 'use.jwks.url': 'true', 'jwks.url': keysAddress(credential.url), 'use.jwks.string': 'false' })
    case 'certificate':
      return byKeys({
        ...{ 'use.jwks.url': 'false', 'use.jwks.string': 'false' },
        'jwt.credential.certificate': foundIn(credential.place, () => certificate(credential.pem, now)),
      })
  }
}

/** Two JWK sets as one; of keys with the same id the newer one stays. */
export function joinedKeys(newer: string, older: string): string {
  const added = keysIn(newer)
  const ids = new Set(added.map(({ kid }) => kid))
  const kept = keysIn(older).filter(({ kid }) => kid === undefined || !ids.has(kid))
  return JSON.stringify({ keys: [...added, ...kept] })
}

function publicKeys(text: string): string {
  const keys = keysIn(text)
  if (keys.some((key) => privateMembers.some((member) => Object.hasOwn(key, member)))) {
    throw new FederateError({
      code: 'KEY_JWKS_PRIVATE',
      outcome: 'usage',
      problem: 'The JWK set holds a private or symmetric key, which nobody but the customer may have.',
      next: 'Ask the customer to make a new key, and to send its public half only; what was sent counts as leaked.',
    })
  }
  return JSON.stringify({ keys })
}

type Jwk = Readonly<Record<string, unknown>>

function keysIn(text: string): readonly Jwk[] {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && 'keys' in value && Array.isArray(value.keys)) {
      const keys = value.keys.filter(isAsymmetric)
      if (keys.length > 0 && keys.length === value.keys.length) return keys
    }
  } catch {
    // Falls through to the same answer: it is no JWK set.
  }
  throw new FederateError({
    code: 'KEY_JWKS_INVALID',
    outcome: 'usage',
    problem: 'That is no JWK set with public keys: an object with a list "keys" of RSA, EC or OKP keys was expected.',
    next: 'Ask the customer for the JWK set of their public keys (RFC 7517 section 5).',
  })
}

function isAsymmetric(value: unknown): value is Jwk {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kty' in value &&
    ['RSA', 'EC', 'OKP', 'oct'].includes(String(value.kty))
  )
}

function keysAddress(url: string): string {
  const parsed = URL.parse(url)
  if (parsed === null) throw keysAddressInvalid('The address of the customer’s keys is not a URL.')
  const { protocol, hostname, username, password, host, pathname } = parsed
  if (username !== '' || password !== '') {
    throw keysAddressInvalid('The address of the customer’s keys holds a user name or a password.')
  }
  // Keys from an address that anybody on the way can answer for would let anybody in.
  if (protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(hostname))) return url
  throw keysAddressInvalid(
    `The customer’s keys are to be fetched from ${printable(`${protocol}//${host}${pathname}`)} without TLS, so that anybody on the way could answer with keys of their own.`,
  )
}

function keysAddressInvalid(problem: string): FederateError {
  return new FederateError({
    code: 'KEY_JWKS_URL',
    outcome: 'usage',
    problem,
    next: 'Give the whole https URL, such as https://acme.example.com/.well-known/jwks.json.',
  })
}

function certificate(pem: string, now: Date): string {
  let parsed: X509Certificate
  try {
    parsed = new X509Certificate(pem)
  } catch (cause) {
    throw new FederateError({
      code: 'KEY_CERTIFICATE_INVALID',
      outcome: 'usage',
      problem: 'That is no X.509 certificate in PEM.',
      next: 'Ask the customer for the certificate of their key; it begins with -----BEGIN CERTIFICATE-----.',
      cause,
    })
  }
  if (parsed.validToDate > now) return parsed.raw.toString('base64')
  throw new FederateError({
    code: 'KEY_CERTIFICATE_EXPIRED',
    outcome: 'usage',
    problem: `The certificate ended at ${parsed.validToDate.toISOString()}; it is ${now.toISOString()}.`,
    next: 'Ask the customer for their current certificate.',
  })
}
