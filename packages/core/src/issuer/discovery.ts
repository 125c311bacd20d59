import { FederateError } from '../errors.ts'
import type { Fetch, Now } from '../network/fetch.ts'
import { isLoopbackHost } from '../network/hosts.ts'
import { type HttpAnswer, jsonObject, sendRequest } from '../network/http.ts'
import { printable } from '../redaction/printable.ts'
import type { Seconds } from '../units.ts'
import { issuerMismatch } from './issuer-mismatch.ts'
import { unavailable } from './issuer-unavailable.ts'

/** What an issuer says of itself, as far as a client needs it. */
export interface IssuerMetadata {
  readonly issuer: string
  readonly tokenEndpoint: string
  readonly jwksUri?: string
  /** RFC 7009. */
  readonly revocationEndpoint?: string
  readonly endSessionEndpoint?: string
  /** Where clients with a certificate ask instead, by the address for all others (RFC 8705 section 5). */
  readonly mtlsAliases: Readonly<Record<string, string>>
  /** Default of both specifications: client_secret_basic alone. */
  readonly tokenEndpointAuthMethods: readonly string[]
  /** Algorithms for private_key_jwt; empty when the issuer does not say. */
  readonly tokenEndpointAuthAlgorithms: readonly string[]
}

/** What an issuer says of itself, as far as it matters to whoever verifies its tokens. */
export interface VerificationMetadata {
  readonly issuer: string
  readonly jwksUri?: string
  /** RFC 7662. */
  readonly introspectionEndpoint?: string
}

export interface DiscoveryOptions {
  readonly fetch: Fetch
  readonly now?: Now
  readonly signal?: AbortSignal | undefined
  /** Seconds per request; there are two at most. Default: 10. */
  readonly timeout?: Seconds | undefined
}

/**
 * Reads an issuer's metadata: OpenID Connect Discovery 1.0 section 4 and, where that answers 404, RFC 8414 section 3.
 * The `issuer` in it must be the one that was asked for, character by character.
 *
 * @param issuer as `parseIssuerUrl` returns it
 * @throws FederateError those of `sendRequest` and `jsonObject`, and `ISSUER_NOT_FOUND`, `ISSUER_UNAVAILABLE`,
 *   `ISSUER_DISCOVERY_REFUSED` (unreachable), `ISSUER_MISMATCH` (refused), `ISSUER_NO_TOKEN_ENDPOINT`,
 *   `ISSUER_ENDPOINT_INSECURE` (failed).
 */
export async function discoverIssuer(issuer: string, options: DiscoveryOptions): Promise<IssuerMetadata> {
  return metadata(issuer, await readDiscovery(issuer, options))
}

/**
 * Reads what a verifier needs of an issuer's metadata. An issuer of tokens that others request, such as a CI system,
 * need not have a token endpoint.
 *
 * @throws FederateError as `discoverIssuer`, without `ISSUER_NO_TOKEN_ENDPOINT`.
 */
export async function discoverForVerification(
  issuer: string,
  options: DiscoveryOptions,
): Promise<VerificationMetadata> {
  const { document, url } = await readDiscovery(issuer, options)
  const jwksUri = endpoint(document, 'jwks_uri', url)
  const introspectionEndpoint = endpoint(document, 'introspection_endpoint', url)
  return {
    issuer,
    ...(jwksUri === undefined ? {} : { jwksUri }),
    ...(introspectionEndpoint === undefined ? {} : { introspectionEndpoint }),
  }
}

/** An issuer's discovery document, and where it was. */
interface Discovered {
  readonly document: Readonly<Record<string, unknown>>
  readonly url: string
}

async function readDiscovery(issuer: string, options: DiscoveryOptions): Promise<Discovered> {
  const addresses = discoveryAddresses(issuer)
  for (const url of addresses) {
    const answer = await sendRequest({ ...options, method: 'GET', url })
    if (answer.status !== 404) return { document: discovered(issuer, answer, options.now ?? Date.now), url: answer.url }
  }
  throw notFound(issuer, addresses)
}

/** RFC 8414 puts its well-known part between host and path, OpenID Connect behind the path. */
function discoveryAddresses(issuer: string): readonly string[] {
  const url = new URL(issuer)
  const path = url.pathname === '/' ? '' : url.pathname
  // OpenID Connect Discovery 1.0 section 4: a slash at the end goes before the path is appended.
  return [
    `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
    `${url.origin}/.well-known/oauth-authorization-server${path}`,
  ]
}

function discovered(issuer: string, answer: HttpAnswer, now: Now): Discovered['document'] {
  if (answer.status === 429 || answer.status >= 500) throw unavailable(answer, now)
  if (answer.status !== 200) throw discoveryRefused(answer)
  const document = jsonObject(answer)
  if (document['issuer'] !== issuer) throw issuerMismatch(issuer, document['issuer'], answer.url)
  return document
}

function metadata(issuer: string, { document, url }: Discovered): IssuerMetadata {
  const tokenEndpoint = endpoint(document, 'token_endpoint', url)
  if (tokenEndpoint === undefined) throw noTokenEndpoint(issuer, url)
  const jwksUri = endpoint(document, 'jwks_uri', url)
  const revocationEndpoint = endpoint(document, 'revocation_endpoint', url)
  const endSessionEndpoint = endpoint(document, 'end_session_endpoint', url)
  return {
    issuer,
    tokenEndpoint,
    ...(jwksUri === undefined ? {} : { jwksUri }),
    ...(revocationEndpoint === undefined ? {} : { revocationEndpoint }),
    ...(endSessionEndpoint === undefined ? {} : { endSessionEndpoint }),
    mtlsAliases: mtlsAliases(document, url),
    tokenEndpointAuthMethods: strings(document['token_endpoint_auth_methods_supported']) ?? ['client_secret_basic'],
    tokenEndpointAuthAlgorithms: strings(document['token_endpoint_auth_signing_alg_values_supported']) ?? [],
  }
}

function mtlsAliases(document: Readonly<Record<string, unknown>>, source: string): Readonly<Record<string, string>> {
  const value = document['mtls_endpoint_aliases']
  const aliases = typeof value === 'object' && value !== null ? { ...value } : {}
  const pairs = ['token_endpoint', 'revocation_endpoint', 'end_session_endpoint'].flatMap((name) => {
    const [usual, alias] = [endpoint(document, name, source), endpoint(aliases, name, source)]
    return usual === undefined || alias === undefined ? [] : [[usual, alias] as const]
  })
  return Object.fromEntries(pairs)
}

function endpoint(document: Readonly<Record<string, unknown>>, name: string, source: string): string | undefined {
  const value = document[name]
  if (typeof value !== 'string') return undefined
  const url = URL.parse(value)
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.hostname))) return value
  throw new FederateError({
    code: 'ISSUER_ENDPOINT_INSECURE',
    outcome: 'failed',
    problem: `${source} names ${printable(value)} as its ${name}, where an https URL was expected; http is for loopback addresses only.`,
    next: 'Tell the issuer its public address: behind a proxy that ends TLS, Keycloak needs --proxy-headers=xforwarded (or forwarded) and --hostname=https://….',
    details: { url: source, endpoint: name },
  })
}

function strings(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : undefined
}

function notFound(issuer: string, addresses: readonly string[]): FederateError {
  const basePath = /\/auth\/realms\//.test(issuer)
    ? 'without /auth, which is the base path of Keycloak before version 17'
    : 'with /auth before /realms, if its Keycloak has that base path'
  return new FederateError({
    code: 'ISSUER_NOT_FOUND',
    outcome: 'unreachable',
    problem: `${issuer} is not an OpenID Connect or OAuth issuer: ${addresses.join(' and ')} both answer 404.`,
    next: `Check the URL; for Keycloak it is https://host/realms/<realm>, with the realm's name in the right case, ${basePath}.`,
    details: { issuer, addresses },
  })
}

function discoveryRefused(answer: HttpAnswer): FederateError {
  return new FederateError({
    code: 'ISSUER_DISCOVERY_REFUSED',
    outcome: 'unreachable',
    problem: `${answer.url} answered with status ${answer.status}, where 200 was expected.`,
    next: 'Let the issuer publish its discovery document to everybody: the clouds read it without any login.',
    details: { url: answer.url, status: answer.status },
  })
}

function noTokenEndpoint(issuer: string, source: string): FederateError {
  return new FederateError({
    code: 'ISSUER_NO_TOKEN_ENDPOINT',
    outcome: 'failed',
    problem: `${source} names no token_endpoint, so ${issuer} issues no tokens to services.`,
    next: 'Use an issuer that supports the client credentials grant, or a token file if something else fetches the token.',
    details: { issuer },
  })
}
