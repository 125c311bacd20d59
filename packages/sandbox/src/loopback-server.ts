import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { FederateError } from '@federate/core'

export interface LoopbackServer {
  readonly port: number
  close(): Promise<void>
}

export interface ListenOptions {
  /** A loopback address or `localhost`. Default: 127.0.0.1. */
  readonly host?: string
  /** Default: any free port. */
  readonly port?: number
  /** Serves https. Default: http. */
  readonly tls?: LoopbackTls
  /** What is served, for messages: `the issuer http://127.0.0.1:8180/realms/acme`. */
  readonly label: string
}

/** PEM, all of it. */
export interface LoopbackTls {
  readonly certificate: string
  readonly key: string
  /**
   * Clients are asked for certificates of this authority; one of another is refused in the handshake, none is not.
   * Default: they are not asked.
   */
  readonly clientAuthority?: string
}

/**
 * Serves on loopback only, and only requests that are addressed to loopback and sent by programs or pages from there: a
 * page of the internet in a browser on this machine can use neither a name of its own that leads here, nor ours.
 *
 * @throws FederateError `SANDBOX_PORT_TAKEN`, or `SANDBOX_NOT_LISTENING` for another reason of the system's.
 */
export async function serveOnLoopback(listener: RequestListener, options: ListenOptions): Promise<LoopbackServer> {
  const host = options.host ?? '127.0.0.1'
  const server = serverFor(options.tls, (request, response) => {
    const { host: asked = '', origin = asked } = request.headers
    if (isLoopback(asked) && isLoopback(origin.replace(/^https?:\/\//, ''))) return listener(request, response)
    response.writeHead(421, { 'content-type': 'text/plain', connection: 'close' })
    response.end('This is a sandbox on loopback; ask for it by a loopback address.\n')
  })
  await listening(server, host, options)
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    close: () => closeServer(server),
  }
}

function serverFor(tls: LoopbackTls | undefined, listener: RequestListener): Server {
  if (tls === undefined) return createServer(listener)
  const { certificate: cert, key, clientAuthority: ca } = tls
  if (ca === undefined) return createSecureServer({ cert, key }, listener)
  const server = createSecureServer({ cert, key, ca, requestCert: true, rejectUnauthorized: false }, listener)
  return server.on('secureConnection', refuseStranger)
}

function refuseStranger(socket: TLSSocket): void {
  if (!socket.authorized && socket.getPeerX509Certificate() !== undefined) socket.destroy()
}

async function listening(server: Server, host: string, options: ListenOptions): Promise<void> {
  server.listen(options.port ?? 0, host === 'localhost' ? '127.0.0.1' : host)
  try {
    await once(server, 'listening')
  } catch (cause) {
    throw notListening(cause, `${host}:${options.port ?? 0}`, options.label)
  }
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}

/** RFC 9110 section 7.2; the port is left alone, so that a tunnel to the sandbox works. */
function isLoopback(authority: string): boolean {
  return /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:\d+)?$/i.test(authority)
}

function notListening(cause: unknown, place: string, label: string): FederateError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
  const taken = code === 'EADDRINUSE'
  return new FederateError({
    code: taken ? 'SANDBOX_PORT_TAKEN' : 'SANDBOX_NOT_LISTENING',
    outcome: 'failed',
    problem: taken
      ? `The sandbox cannot serve ${label}: another process listens on ${place}.`
      : `The sandbox cannot serve ${label} on ${place} (${code}).`,
    next: 'End the other process, or give the issuer another port in federate.yaml.',
    cause,
  })
}
