import { FederateError, nearest, type OptionPlace, parseIssuerUrl, printable } from '@federate/core'
import { type CheckedIntrospection, checkedIntrospection } from './introspection/options.ts'
import type { Profile, TrustedIssuer, VerifierOptions } from './options.ts'
import { verifierOptions } from './verifier-option.ts'
import { settingNames } from './verifier-settings.ts'

/** A trusted issuer, checked, with every default filled in. */
export interface IssuerTerms {
  readonly issuer: string
  readonly audiences: readonly string[]
  readonly profile: Profile
  readonly algorithms: readonly string[]
  readonly clients: readonly string[] | undefined
  readonly jwksUri: string | undefined
  readonly introspection: CheckedIntrospection | undefined
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

const termNames = Object.keys({
  ...{ issuer: true, audience: true, profile: true, algorithms: true, clients: true, jwksUri: true },
  ...{ introspection: true },
} satisfies Record<keyof TrustedIssuer, true>)

/**
 * The issuers of a verifier's options, by their `iss`. Whatever else the options hold must be one of its settings, or of
 * those that `alsoKnown` names.
 *
 * @throws FederateError (usage) `VERIFIER_OPTION`, `VERIFIER_OPTION_UNKNOWN`, `VERIFIER_NO_ISSUER`,
 *   `VERIFIER_ISSUER_TWICE`, `VERIFIER_NO_AUDIENCE`, `VERIFIER_NO_CLIENT`, `VERIFIER_ALGORITHM`, `VERIFIER_PROFILE`,
 *   `VERIFIER_ADDRESS`, and those of `parseIssuerUrl`.
 */
export function trustedIssuers(
  options: VerifierOptions,
  alsoKnown: readonly string[] = [],
): ReadonlyMap<string, IssuerTerms> {
  const terms = new Map<string, IssuerTerms>()
  for (const checked of listOfTerms(options, [...settingNames, ...alsoKnown])) {
    if (terms.has(checked.issuer)) throw twice(checked.issuer)
    terms.set(checked.issuer, checked)
  }
  if (terms.size === 0) throw noIssuer()
  return terms
}

function listOfTerms(options: VerifierOptions, known: readonly string[]): readonly IssuerTerms[] {
  const checked = verifierOptions.object(options, [...known, 'issuers', ...termNames])
  const issuers = 'issuers' in checked ? checked.issuers : undefined
  if (issuers === undefined) {
    if ('issuer' in checked) return [issuerTerms(checked, verifierOptions)]
    throw verifierOptions.at('issuer').wrong(undefined, 'the issuer exactly as in the tokens’ iss')
  }
  const beside = termNames.find((name) => Reflect.get(checked, name) !== undefined)
  if (beside !== undefined) throw besideIssuers(beside)
  if (!Array.isArray(issuers)) throw verifierOptions.at('issuers').wrong(issuers, 'a list of issuers')
  return Array.from(issuers, (one, index) => {
    const own = verifierOptions.at('issuers').at(index)
    return issuerTerms(own.object(one, termNames), own)
  })
}

function issuerTerms(given: TrustedIssuer, own: OptionPlace): IssuerTerms {
  const issuer = parseIssuerUrl(own.at('issuer').text(given.issuer))
  const { profile = 'keycloak', algorithms = defaultAlgorithms, clients, jwksUri, introspection } = given
  const terms = {
    issuer,
    audiences: audiencesOf(given.audience, issuer, own.at('audience')),
    profile: profileOf(profile, own.at('profile')),
    algorithms: algorithmsOf(algorithms, own.at('algorithms')),
    clients: clients === undefined ? undefined : clientsOf(clients, issuer, own.at('clients')),
    jwksUri: jwksUri === undefined ? undefined : own.at('jwksUri').text(jwksUri),
    introspection:
      introspection === undefined ? undefined : checkedIntrospection(introspection, own.at('introspection')),
  }
  for (const address of [terms.jwksUri, terms.introspection?.endpoint]) {
    if (address !== undefined) checkAddress(address)
  }
  return terms
}

function audiencesOf(given: TrustedIssuer['audience'], issuer: string, own: OptionPlace): readonly string[] {
  if (given === undefined || given === '' || (Array.isArray(given) && given.length === 0)) throw noAudience(issuer)
  return typeof given === 'string' ? [given] : own.texts(given)
}

function profileOf(given: Profile, own: OptionPlace): Profile {
  if (typeof given === 'string' && given !== 'keycloak' && given !== 'rfc9068') throw unknownProfile(given)
  return own.choice(given, ['keycloak', 'rfc9068'])
}

function algorithmsOf(given: readonly string[], own: OptionPlace): readonly string[] {
  const algorithms = own.texts(given)
  if (algorithms.length === 0) throw unknownAlgorithm('(none)')
  for (const algorithm of algorithms) if (!asymmetricAlgorithms.includes(algorithm)) throw unknownAlgorithm(algorithm)
  return algorithms
}

function clientsOf(given: readonly string[], issuer: string, own: OptionPlace): readonly string[] {
  const clients = own.texts(given)
  if (clients.length === 0) throw noClient(issuer)
  return clients
}

/** Keys from an address that anybody on the way can answer for would let anybody in. */
function checkAddress(address: string): void {
  const url = URL.parse(address)
  if (url !== null && url.hostname !== '') parseIssuerUrl(url.origin)
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

function besideIssuers(name: string): FederateError {
  return new FederateError({
    code: 'VERIFIER_OPTION_UNKNOWN',
    outcome: 'usage',
    problem: `The options have ${name} beside issuers, and it would hold for none of them.`,
    next: `Say ${name} for each member of issuers.`,
    details: { option: `${verifierOptions}`, key: name },
  })
}

function noClient(issuer: string): FederateError {
  return new FederateError({
    code: 'VERIFIER_NO_CLIENT',
    outcome: 'usage',
    problem: `The list of clients of the issuer ${issuer} is empty, so none of its tokens could ever be accepted.`,
    next: 'Name at least one client, or leave `clients` out to let every client in.',
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
