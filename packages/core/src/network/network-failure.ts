import { FederateError } from '../errors.ts'
import { issuerPeer, type Peer } from './peer.ts'

interface Meaning {
  readonly what: string
  /** Written for the issuer; `{peer}` stands for whoever was asked. */
  readonly next: string
  /** Whether trying again in a moment can help. */
  readonly transient: boolean
}

const privateCa: Meaning = {
  what: 'its certificate is not signed by an authority that this process trusts',
  next: 'If {peer} uses a private certificate authority, give its certificates as the ca of {peer}, or set NODE_EXTRA_CA_CERTS to a PEM file with them before the process starts.',
  transient: false,
}
const notFound: Meaning = {
  what: 'its name cannot be resolved',
  next: 'Check the spelling of the host name, and that DNS (or the VPN that brings it) works on this host.',
  transient: true,
}
const timeout: Meaning = {
  what: 'there was no answer in time',
  next: 'Check that a firewall on the way lets this host out to that port, and that the server is not overloaded.',
  transient: true,
}
const closed: Meaning = {
  what: 'the connection was closed before the answer was complete',
  next: 'Try again; if it stays, look at the log of the server or of the proxy before it, and check that the port speaks the protocol of the URL.',
  transient: true,
}
const noRoute: Meaning = {
  what: 'there is no route to its address',
  next: "Check this host's network, and whether {peer} is reachable only through a VPN.",
  transient: true,
}
const notTls: Meaning = {
  what: 'the TLS handshake failed',
  next: 'Check that the port serves https: a port for plain http answers a handshake like this.',
  transient: false,
}
const certificateRefused: Meaning = {
  what: 'it refused the client certificate of this host, or missed one',
  next: 'Check that {peer} trusts the authority that signed the client certificate, and that the certificate has not expired.',
  transient: false,
}
const notHttp: Meaning = {
  what: 'what answered does not speak HTTP',
  next: 'Check the port, and whether it serves https where the URL says http.',
  transient: false,
}

/** The codes of libuv, OpenSSL as Node names them, and undici. */
const meanings: Readonly<Record<string, Meaning>> = {
  ECONNREFUSED: {
    what: 'the connection was refused, so nothing listens there',
    next: 'Check that {peer} is running, and that host and port of its URL are right.',
    transient: true,
  },
  ENOTFOUND: notFound,
  EAI_AGAIN: notFound,
  ETIMEDOUT: timeout,
  UND_ERR_CONNECT_TIMEOUT: timeout,
  UND_ERR_HEADERS_TIMEOUT: timeout,
  UND_ERR_BODY_TIMEOUT: timeout,
  ECONNRESET: closed,
  EPIPE: closed,
  UND_ERR_SOCKET: closed,
  EHOSTUNREACH: noRoute,
  ENETUNREACH: noRoute,
  EADDRNOTAVAIL: noRoute,
  DEPTH_ZERO_SELF_SIGNED_CERT: privateCa,
  SELF_SIGNED_CERT_IN_CHAIN: privateCa,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: privateCa,
  UNABLE_TO_GET_ISSUER_CERT: privateCa,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: privateCa,
  CERT_HAS_EXPIRED: {
    what: 'its certificate has expired',
    next: "Renew {peer}'s certificate; if it is valid, set this host's clock.",
    transient: false,
  },
  CERT_NOT_YET_VALID: {
    what: 'its certificate is not valid yet',
    next: "Set this host's clock; if it is right, look at the start date of {peer}'s certificate.",
    transient: false,
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    what: 'its certificate is for other host names',
    next: 'Use a host name that the certificate lists, or have the certificate issued for this one.',
    transient: false,
  },
  EPROTO: notTls,
  ERR_SSL_WRONG_VERSION_NUMBER: notTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: notTls,
}

/** The other side ended the handshake because of a certificate; OpenSSL's names for it differ by version. */
const certificateAlert = /^ERR_SSL_.*ALERT_.*(CERTIFICATE|UNKNOWN_CA)/

const unknown: Meaning = {
  what: 'the request failed',
  next: 'Check the network between this host and {peer}, and that its URL is right.',
  transient: true,
}

/**
 * What a failed request means, as `ISSUER_UNREACHABLE` (unreachable), or with the prefix of another peer. `details`:
 * `host` with port, `networkCode` where there is one, `transient` (whether trying again can help).
 */
export function unreachable(
  url: string,
  failure: unknown,
  { secrets = [], peer = issuerPeer }: { readonly secrets?: readonly string[]; readonly peer?: Peer } = {},
): FederateError {
  const code = networkCode(failure)
  const meaning = meaningOf(code)
  const host = hostAndPort(url)
  return new FederateError({
    code: `${peer.prefix}_UNREACHABLE`,
    outcome: 'unreachable',
    problem: `${capitalised(peer.name)} at ${host} cannot be reached: ${meaning.what}${code === undefined ? '' : ` (${code})`}.`,
    next: meaning.next.replaceAll('{peer}', peer.name),
    details: { host, transient: meaning.transient, ...(code === undefined ? {} : { networkCode: code }) },
    cause: failure,
    secrets,
  })
}

/** As `unreachable`, for the proxy on the way: `PROXY_UNREACHABLE`. */
export function proxyUnreachable(proxy: URL, setBy: string, failure: unknown): FederateError {
  const code = networkCode(failure)
  const { what, transient } = meaningOf(code)
  const host = hostAndPort(proxy.href)
  return new FederateError({
    code: 'PROXY_UNREACHABLE',
    outcome: 'unreachable',
    problem: `The proxy at ${host}, set by ${setBy}, cannot be reached: ${what}${code === undefined ? '' : ` (${code})`}.`,
    next: `Check ${setBy}, and that the proxy is running; a host that needs no proxy is named in NO_PROXY.`,
    details: { host, transient, ...(code === undefined ? {} : { networkCode: code }) },
    cause: failure,
  })
}

/** The first code in a chain of causes: the global `fetch` hides it below a TypeError, two tried addresses in a list. */
export function networkCode(failure: unknown): string | undefined {
  if (!(failure instanceof Error)) return undefined
  if ('code' in failure && typeof failure.code === 'string') return failure.code
  if (failure.name === 'TimeoutError') return 'ETIMEDOUT'
  const inner = failure instanceof AggregateError ? failure.errors[0] : failure.cause
  return inner === failure ? undefined : networkCode(inner)
}

function meaningOf(code: string | undefined): Meaning {
  if (code === undefined) return unknown
  const known = meanings[code]
  if (known !== undefined) return known
  if (certificateAlert.test(code)) return certificateRefused
  return code.startsWith('HPE_') ? notHttp : unknown
}

function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}

function hostAndPort(text: string): string {
  const url = new URL(text)
  const port = url.port === '' ? (url.protocol === 'http:' ? '80' : '443') : url.port
  return `${url.hostname}:${port}`
}
