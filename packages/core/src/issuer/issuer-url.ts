import { FederateError } from '../errors.ts'
import { isLoopbackHost } from '../network/hosts.ts'
import { printable } from '../redaction/printable.ts'

const discoverySuffix = /\/+\.well-known\/(openid-configuration|oauth-authorization-server)$/

/**
 * Checks an issuer identifier and returns it unchanged: it is compared with `iss` character by character, so nothing is
 * corrected silently. OpenID Connect Discovery 1.0 section 3: https, no query, no fragment. Paths, ports and Keycloak's
 * old `/auth` base path are fine; http is for loopback only. A slash at the end is refused, but for that of a bare host:
 * Auth0's identifiers are `https://tenant.auth0.com/`.
 *
 * @throws FederateError (usage) `ISSUER_URL_INVALID`, `ISSUER_URL_USERINFO`, `ISSUER_URL_QUERY`, `ISSUER_URL_FRAGMENT`,
 *   `ISSUER_URL_SCHEME`, `ISSUER_URL_DISCOVERY`, `ISSUER_URL_TRAILING_SLASH`, `ISSUER_URL_NOT_CANONICAL`.
 */
export function parseIssuerUrl(text: string): string {
  const url = readUrl(text)
  checkParts(url, text)
  checkScheme(url, text)
  checkPath(url, text)
  checkCanonical(url, text)
  return text
}

function readUrl(text: string): URL {
  const url = URL.parse(text)
  if (url !== null && url.hostname !== '') return url
  throw usage(
    'ISSUER_URL_INVALID',
    `The issuer "${shown(text)}" is not a URL.`,
    'Give the whole URL, such as https://keycloak.example.com/realms/prod.',
  )
}

function checkParts(url: URL, text: string): void {
  const bare = `${url.protocol}//${url.host}${url.pathname}`
  if (url.username !== '' || url.password !== '') {
    throw usage(
      'ISSUER_URL_USERINFO',
      `The issuer URL at ${url.host} holds a user name or password.`,
      `Give ${bare}, and the secret by a file or an environment variable.`,
    )
  }
  if (text.includes('#')) {
    throw usage('ISSUER_URL_FRAGMENT', `The issuer URL ${bare} is followed by a fragment ("#").`, `Give ${bare}.`)
  }
  if (text.includes('?')) {
    throw usage('ISSUER_URL_QUERY', `The issuer URL ${bare} is followed by a query ("?").`, `Give ${bare}.`)
  }
}

function checkScheme(url: URL, text: string): void {
  if (url.protocol === 'https:') return
  if (url.protocol === 'http:' && isLoopbackHost(url.hostname)) return
  throw usage(
    'ISSUER_URL_SCHEME',
    `The issuer URL ${shown(text)} uses ${url.protocol.slice(0, -1)} where https was expected; http is for loopback addresses only.`,
    'Give the https URL: every cloud refuses an issuer without TLS.',
  )
}

function checkPath(url: URL, text: string): void {
  if (discoverySuffix.test(text)) {
    const issuer = text.replace(discoverySuffix, '')
    throw usage(
      'ISSUER_URL_DISCOVERY',
      `${shown(text)} is the address of the issuer's discovery document, not the issuer.`,
      `Give ${shown(issuer)}.`,
    )
  }
  if (text.endsWith('/') && url.pathname !== '/') {
    throw usage(
      'ISSUER_URL_TRAILING_SLASH',
      `The issuer URL ${shown(text)} ends with a slash, and the "iss" of its tokens would not be equal to it.`,
      `Give ${shown(text.replace(/\/+$/, ''))}.`,
    )
  }
}

/** Case is left alone: the host's does not matter to DNS, the path's may matter to the issuer. */
function checkCanonical(url: URL, text: string): void {
  const canonical = url.pathname === '/' ? url.origin : url.href
  if ([canonical, url.href].some((form) => form.toLowerCase() === text.toLowerCase())) return
  throw usage(
    'ISSUER_URL_NOT_CANONICAL',
    `The issuer "${shown(text)}" would be requested as ${canonical}, so the two cannot be compared.`,
    `Give ${canonical}.`,
  )
}

/** What cannot be parsed may still hold a password. */
function shown(text: string): string {
  return printable(text.replace(/\/\/.*@/su, '//[redacted]@').replace(/[?#].*$/su, ''))
}

function usage(code: string, problem: string, next: string): FederateError {
  return new FederateError({ code, outcome: 'usage', problem, next })
}
