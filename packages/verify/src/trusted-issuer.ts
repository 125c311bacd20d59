import { FederateError, nearest, parseIssuerUrl, printable } from '@federate/core'
import type { IntrospectionOptions } from './introspection/options.ts'
import type { Profile, TrustedIssuer, VerifierOptions } from './options.ts'

/** A trusted issuer, checked, with every default filled in. */
export interface IssuerTerms {
  readonly issuer: string
  readonly audiences: readonly string[]
  readonly profile: Profile
  readonly algorithms: readonly string[]
  readonly clients: readonly string[] | undefined
  readonly jwksUri: string | undefined
  readonly introspection: IntrospectionOptions | undefined
}

/**
 * Signature algorithms with a public key (RFC 7518 section 3.1, RFC 8037). What is signed with a shared secret could be
 * signed by every API that verifies it, so HS256 and the like are not among them.
 */
export const asymmetricAlgorithms: readonly string[] = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
]

const defaultAlgorithms = ['RS256', 'PS256', 'ES256', 'EdDSA']

/**
 * The issuers of a verifier's options, by their `iss`.
 *
 * @throws FederateError (usage) `VERIFIER_NO_ISSUER`, `VERIFIER_ISSUER_TWICE`, `VERIFIER_NO_AUDIENCE`,
 *   `VERIFIER_ALGORITHM`, `VERIFIER_PROFILE`, `VERIFIER_ADDRESS`, and those of `parseIssuerUrl`.
 */
export function trustedIssuers(options: VerifierOptions): ReadonlyMap<string, IssuerTerms> {
  const given = 'issuers' in options ? options.issuers : [options]
  const terms = new Map<string, IssuerTerms>()
  for (const one of given) {
    const checked = issuerTerms(one)
    if (terms.has(checked.issuer)) throw twice(checked.issuer)
    terms.set(checked.issuer, checked)
  }
  if (terms.size === 0) throw noIssuer()
  return terms
}

function issuerTerms(given: TrustedIssuer): IssuerTerms {
  const issuer = parseIssuerUrl(given.issuer)
  const audiences = (typeof given.audience === 'string' ? [given.audience] : (given.audience ?? [])).filter(
    (audience) => audience !== '',
  )
  if (audiences.length === 0) throw noAudience(issuer)
  const { profile = 'keycloak', algorithms = defaultAlgorithms, clients, jwksUri, introspection } = given
  if (profile !== 'keycloak' && profile !== 'rfc9068') throw unknownProfile(profile)
  if (algorithms.length === 0) throw unknownAlgorithm('(none)')
  for (const algorithm of algorithms) {
    if (!asymmetricAlgorithms.includes(algorithm)) throw unknownAlgorithm(algorithm)
  }
  for (const address of [jwksUri, introspection?.endpoint]) if (address !== undefined) checkAddress(address)
  return { issuer, audiences, profile, algorithms, clients, jwksUri, introspection }
}

/** Keys from an address that anybody on the way can answer for would let anybody in. */
function checkAddress(address: string): void {
  const url = URL.parse(address)
  if (url !== null) parseIssuerUrl(url.origin)
  else
    throw new FederateError({
      code: 'VERIFIER_ADDRESS',
      outcome: 'usage',
      problem: `${printable(address)} is not a URL.`,
      next: 'Give the whole URL, or leave it out to take it from the issuer’s discovery document.',
    })
}

function noIssuer(): FederateError {
  return new FederateError({
    code: 'VERIFIER_NO_ISSUER',
    outcome: 'usage',
    problem: 'The list of issuers is empty, so no token could ever be accepted.',
    next: 'Name at least one issuer.',
  })
}

function twice(issuer: string): FederateError {
  return new FederateError({
    code: 'VERIFIER_ISSUER_TWICE',
    outcome: 'usage',
    problem: `The issuer ${issuer} is listed twice, and its tokens can be held to one set of terms only.`,
    next: 'List it once; `audience` and `clients` take several values.',
  })
}

function noAudience(issuer: string): FederateError {
  return new FederateError({
    code: 'VERIFIER_NO_AUDIENCE',
    outcome: 'usage',
    problem: `The issuer ${issuer} has no audience: every token that it issues for anybody would be accepted.`,
    next: 'Give the audience of this API, such as api://orders.',
  })
}

function unknownProfile(profile: string): FederateError {
  return new FederateError({
    code: 'VERIFIER_PROFILE',
    outcome: 'usage',
    problem: `There is no profile "${printable(profile)}"; there is: keycloak, rfc9068.`,
    next: 'Choose one of these.',
  })
}

function unknownAlgorithm(algorithm: string): FederateError {
  const meant = nearest(algorithm, asymmetricAlgorithms)
  return new FederateError({
    code: 'VERIFIER_ALGORITHM',
    outcome: 'usage',
    problem: `The algorithm "${printable(algorithm)}" is not accepted by any verifier; there are: ${asymmetricAlgorithms.join(', ')}.`,
    next: meant === undefined ? 'Choose some of these.' : `Did you mean ${meant}?`,
  })
}
