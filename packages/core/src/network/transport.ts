import type { ClientRequest, IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import type { Seconds } from '../units.ts'
import { Agents } from './agents.ts'
import { type CertificateAuthority, readAuthority } from './certificate-authority.ts'
import { EndOfRequest } from './end-of-request.ts'
import type { ClientCertificate, Fetch, FetchInit, FetchResponse } from './fetch.ts'
import { type ChosenProxy, parseProxy, proxyFromEnvironment } from './proxy.ts'
import { openTunnel, proxyRefused } from './proxy-tunnel.ts'

export interface NodeFetchOptions {
  /** Seconds until the connection, with its TLS handshake and that of a proxy, must stand. Default: 5. */
  readonly connectTimeout?: Seconds
  /** Seconds until the last byte of the answer must be there. Default: 10. */
  readonly timeout?: Seconds
  /** Trust these authorities and no others. Default: those of Node and of `NODE_EXTRA_CA_CERTS`. */
  readonly ca?: CertificateAuthority
  /** The URL of a proxy for everything, or `none`. Default: as the environment says; see `proxyFromEnvironment`. */
  readonly proxy?: string
  /** Where the proxy's variables are. Default: the process's environment. */
  readonly environment?: Readonly<Record<string, string | undefined>>
}

/**
 * A `Fetch` on `node:http` and `node:https`. Requests that follow each other at once share a connection, so that discovery
 * and grant pay for one TLS handshake; a new one asks DNS anew. Redirects are handed back, bodies stream,
 * `NODE_EXTRA_CA_CERTS`, `HTTPS_PROXY` and `NO_PROXY` count.
 *
 * It rejects as Node does, with system errors (`ECONNREFUSED`, `ETIMEDOUT` also for its own timeouts, the codes of TLS),
 * and with the signal's reason when aborted; who calls it knows what the failure means. It knows better itself only of
 * proxies and authorities: FederateError `PROXY_URL`, `CA_FILE_UNREADABLE`, `CA_INVALID` (usage), `PROXY_UNREACHABLE`,
 * `PROXY_REFUSED` (unreachable).
 */
export function nodeFetch(options: NodeFetchOptions = {}): Fetch {
  const { connectTimeout = 5, timeout = 10, ca } = options
  const proxyFor = proxyChoice(options)
  const agents = new Agents()
  return async (url, init) => {
    const target = new URL(url)
    const route = { target, proxy: proxyFor(target), ca: ca === undefined ? undefined : await readAuthority(ca) }
    init.signal.throwIfAborted()
    return send(route, init, agents, { connectTimeout, timeout })
  }
}

interface Route {
  readonly target: URL
  readonly proxy: ChosenProxy | undefined
  readonly ca: string | undefined
}

function proxyChoice({ proxy, environment }: NodeFetchOptions): (url: URL) => ChosenProxy | undefined {
  if (proxy === 'none') return () => undefined
  if (proxy === undefined) return (url) => proxyFromEnvironment(url, environment ?? process.env)
  const parsed = parseProxy(proxy, 'the proxy option')
  return () => parsed
}

async function send(
  route: Route,
  init: FetchInit,
  agents: Agents,
  limits: { readonly connectTimeout: Seconds; readonly timeout: Seconds },
): Promise<FetchResponse> {
  const end = new EndOfRequest(init.signal)
  end.after(limits.timeout, `no complete answer within ${limits.timeout} s`)
  const connected = end.after(limits.connectTimeout, `no connection within ${limits.connectTimeout} s`)
  try {
    const request = await openRequest(route, init, agents, end)
    return await answerTo(request, init, end, { route, connected })
  } catch (error) {
    end.clear()
    throw end.reason ?? error
  }
}

function answerTo(
  request: ClientRequest,
  init: FetchInit,
  end: EndOfRequest,
  { route, connected }: { readonly route: Route; readonly connected: () => void },
): Promise<FetchResponse> {
  return new Promise((resolve, reject) => {
    end.watch(request)
    request.once('socket', (socket) => {
      if (request.reusedSocket) connected()
      else socket.once('encrypted' in socket ? 'secureConnect' : 'connect', connected)
    })
    request.once('response', (message) => {
      const { proxy, target } = route
      const refused = proxy !== undefined && message.statusCode === 407
      if (!refused) return resolve(responseOf(message, end))
      // What comes with it is not read, and would keep the connection.
      message.destroy()
      reject(proxyRefused(proxy, 407, target.host))
    })
    request.on('error', (error) => reject(end.reason ?? error))
    request.once('close', () => end.clear())
    // Node frames the body of a DELETE only when it is told its length; else the server takes it for the next request.
    if (init.body !== undefined) request.setHeader('content-length', Buffer.byteLength(init.body))
    request.end(init.body)
  })
}

async function openRequest(
  { target, proxy, ca }: Route,
  init: FetchInit,
  agents: Agents,
  end: EndOfRequest,
): Promise<ClientRequest> {
  const { method, headers } = init
  if (target.protocol !== 'https:') return openPlain(target, proxy, init, agents)
  const trust = { ...(ca === undefined ? {} : { ca }), ...certificateOptions(init.clientCertificate) }
  if (proxy === undefined) return agents.open(target, { method, headers, ...trust })
  const socket = await openTunnel(proxy, target, end)
  const host = target.hostname.replace(/^\[|\]$/g, '')
  const servername = isIP(host) === 0 ? { servername: host } : {}
  const createConnection = () =>
    process.getBuiltinModule('node:tls').connect({ socket, host, ...servername, ...trust, ALPNProtocols: ['http/1.1'] })
  return process.getBuiltinModule('node:https').request(target, { method, headers, createConnection })
}

/** Without TLS the proxy is sent the request itself, for the whole URL (RFC 9112 section 3.2.2). */
function openPlain(
  target: URL,
  proxy: ChosenProxy | undefined,
  { method, headers }: FetchInit,
  agents: Agents,
): ClientRequest {
  if (proxy === undefined) return agents.open(target, { method, headers })
  const { url, authorization } = proxy
  const own = { host: target.host, ...(authorization === undefined ? {} : { 'proxy-authorization': authorization }) }
  return agents.open(url, { method, path: target.href, headers: { ...headers, ...own } })
}

function certificateOptions(pair: ClientCertificate | undefined): { cert?: string; key?: string; passphrase?: string } {
  if (pair === undefined) return {}
  const { certificate: cert, key, passphrase } = pair
  return { cert, key, ...(passphrase === undefined ? {} : { passphrase }) }
}

function responseOf(message: IncomingMessage, end: EndOfRequest): FetchResponse {
  return {
    status: message.statusCode ?? 0,
    headers: { get: (name) => headerOf(message, name) },
    body: bodyOf(message, end),
  }
}

function headerOf(message: IncomingMessage, name: string): string | null {
  const value = message.headers[name.toLowerCase()]
  return Array.isArray(value) ? value.join(', ') : (value ?? null)
}

/** Leaving the loop early destroys the connection. */
async function* bodyOf(message: IncomingMessage, end: EndOfRequest): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of message) yield chunk
  } catch (error) {
    // Node reports its own abort as a reset by the other side.
    throw end.reason ?? error
  }
}
