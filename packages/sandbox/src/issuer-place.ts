import { FederateError } from '@federate/core'

/** Where the sandbox has to serve an issuer so that its URL holds. */
export interface IssuerPlace {
  /** Scheme, host and port, and the base path before `/realms`: `http://127.0.0.1:8180/auth`. */
  readonly url: string
  readonly host: string
  readonly port: number
  readonly realm: string
}

/**
 * Reads an issuer URL of federate.yaml as a place on this machine.
 *
 * @throws FederateError `SANDBOX_ISSUER_URL` unless it is http on loopback and ends with `/realms/<name>`.
 */
export function issuerPlace(issuer: string): IssuerPlace {
  const url = URL.parse(issuer)
  if (url === null || url.protocol !== 'http:' || !isLoopback(url.hostname)) {
    throw refused(issuer, 'it is not http on a loopback address')
  }
  const [, basePath, realm] = /^(.*)\/realms\/([^/]+)$/.exec(url.pathname) ?? []
  if (basePath === undefined || realm === undefined) throw refused(issuer, 'its path does not end with /realms/<name>')
  return {
    url: `${url.origin}${basePath}`,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 80 : Number(url.port),
    realm: decodeURIComponent(realm),
  }
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}

function refused(issuer: string, reason: string): FederateError {
  return new FederateError({
    code: 'SANDBOX_ISSUER_URL',
    outcome: 'usage',
    problem: `The sandbox cannot serve the issuer ${issuer}: ${reason}.`,
    next: 'Give the sandbox a federate.yaml of its own, with an issuer such as http://127.0.0.1:8180/realms/acme.',
  })
}
