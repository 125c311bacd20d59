import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { FederateError } from '../errors.ts'
import type { EndOfRequest } from './end-of-request.ts'
import { proxyUnreachable } from './network-failure.ts'
import type { ChosenProxy } from './proxy.ts'

/**
 * Asks a proxy for a tunnel (CONNECT, RFC 9110 section 9.3.6) to the host of a URL.
 *
 * @throws FederateError `PROXY_UNREACHABLE`, `PROXY_REFUSED` (unreachable), or the reason of `end`.
 */
export function openTunnel(proxy: ChosenProxy, target: URL, end: EndOfRequest): Promise<Socket> {
  const authority = `${target.hostname}:${target.port === '' ? 443 : target.port}`
  return new Promise((resolve, reject) => {
    const request = connectRequest(proxy, authority)
    end.watch(request)
    request.once('connect', (response: IncomingMessage, socket: Socket, head: Buffer) => {
      const { statusCode = 0 } = response
      const page = isPage(response, head)
      if (statusCode === 200 && !page) return resolve(socket)
      socket.destroy()
      reject(statusCode === 200 ? answeredPage(proxy, authority) : proxyRefused(proxy, statusCode, authority))
    })
    request.on('error', (error) => reject(end.reason ?? proxyUnreachable(proxy.url, proxy.setBy, error)))
    request.end()
  })
}

function connectRequest({ url, authorization }: ChosenProxy, authority: string): ClientRequest {
  const headers = { host: authority, ...(authorization === undefined ? {} : { 'proxy-authorization': authorization }) }
  const options = { method: 'CONNECT', path: authority, headers, agent: false }
  // By the host alone: a URL's own path would take the place of the authority.
  const { hostname, port } = url
  const host = hostname.replace(/^\[|\]$/g, '')
  if (url.protocol === 'https:') {
    return process.getBuiltinModule('node:https').request({ ...options, host, port: port === '' ? 443 : port })
  }
  return process.getBuiltinModule('node:http').request({ ...options, host, port: port === '' ? 80 : port })
}

/** In a tunnel the issuer waits for the handshake to begin: what comes before it is the proxy's own. */
function isPage({ headers }: IncomingMessage, head: Buffer): boolean {
  return head.length > 0 || /html/i.test(headers['content-type'] ?? '')
}

function answeredPage({ url, setBy }: ChosenProxy, authority: string): FederateError {
  return new FederateError({
    code: 'PROXY_REFUSED',
    outcome: 'unreachable',
    problem: `The proxy ${url.host}, set by ${setBy}, answered with a page where a tunnel to ${authority} was asked for.`,
    next: `Open a page through this proxy in a browser: it may want a login first. Else check that ${setBy} names a forward proxy and no web server.`,
    details: { proxy: url.host, status: 200, transient: false },
  })
}

export function proxyRefused(
  { url, setBy, authorization }: ChosenProxy,
  status: number,
  authority: string,
): FederateError {
  return new FederateError({
    code: 'PROXY_REFUSED',
    outcome: 'unreachable',
    problem: `The proxy ${url.host}, set by ${setBy}, does not let this host through to ${authority}: it answered with status ${status}.`,
    next: adviceFor(status, setBy, authorization !== undefined),
    details: { proxy: url.host, status, transient: status === 429 || status >= 500 },
  })
}

function adviceFor(status: number, setBy: string, withCredentials: boolean): string {
  if (status === 407) {
    return withCredentials
      ? `Check user and password in ${setBy}; special characters are written in percent form (%40 for @).`
      : `The proxy wants a user and a password: write them into ${setBy}, as http://user:password@host:port.`
  }
  if (status === 403) return 'Have the issuer added to what the proxy allows, or name its host in NO_PROXY.'
  return status >= 500
    ? 'The proxy cannot reach the issuer: check the host in the issuer URL, or name it in NO_PROXY if it is inside.'
    : `Check that ${setBy} names a proxy that allows CONNECT.`
}
