import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type EndpointAnswer, FederateError, type Seconds } from '@federate/core'
import { strangeCaller } from './caller.ts'
import { sameSecret } from './secret.ts'
import { type TlsOptions, tlsServer } from './tls.ts'

/** What a door's `answer` throws at a request that lacks something: status 400. Any other error is one of ours: 500. */
export class BadRequest extends FederateError {}

/** Something that can be fetched: behind one path, with one secret. */
export interface Door {
  readonly path: string
  /** Nothing: whoever reaches loopback may ask. */
  readonly secret?: { readonly header: string; readonly value: string } | undefined
  answer(query: URLSearchParams): Promise<EndpointAnswer & { readonly type?: string }>
  /** A refusal in the form that those who ask understand. */
  refusal(code: string, message: string): string
}

export interface EndpointServer {
  /** `http://127.0.0.1:43117`, or with https; without a slash at its end. */
  readonly url: string
  /** Replaces all doors at once. */
  open(doors: readonly Door[]): void
  /** Takes certificates that were renewed on the disk. */
  refresh(): Promise<void>
  close(): Promise<void>
}

export interface EndpointServerOptions {
  /** The address to listen at; one that is not loopback wants `tls`. Default: 127.0.0.1. */
  readonly host?: string
  /** By which names or addresses it may be called besides loopback; the first is in the URL. Default: none. */
  readonly names?: readonly string[] | undefined
  /** Default: http. */
  readonly tls?: TlsOptions | undefined
  /** Default: any free port. */
  readonly port?: number
  /** How long a request may take to arrive. Default: 5, its headers; with a body twice that. */
  readonly patience?: Seconds | undefined
  /** Told of every request: its door's path, or none, and the status. Default: nobody. */
  readonly onAnswer?: (path: string | undefined, status: number) => void
}

/** Whoever is slower than this, or sends more headers, is no SDK. */
function limitsFor(patience: Seconds) {
  const headersTimeout = patience * 1000
  // Node looks only twice a minute unless told otherwise, and the slow would keep their connections that long.
  const connectionsCheckingInterval = Math.min(1000, headersTimeout)
  return {
    headersTimeout,
    requestTimeout: 2 * headersTimeout,
    connectionsCheckingInterval,
    keepAliveTimeout: 30_000,
    maxHeaderSize: 16_384,
  }
}

/**
 * Serves doors on loopback, or by TLS on any address.
 *
 * @throws FederateError `ENDPOINT_PORT_TAKEN` or `ENDPOINT_NOT_LISTENING` (failed), and of `tlsServer`.
 */
export async function serveEndpoints(options: EndpointServerOptions = {}): Promise<EndpointServer> {
  const { host = '127.0.0.1', port = 0, names = [], tls, patience = 5, onAnswer = () => undefined } = options
  const limits = limitsFor(patience)
  let doors: ReadonlyMap<string, Door> = new Map()
  const known = new Set(names.map((name) => name.toLowerCase()))
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    const door = doorOf(request, doors)
    void answer(request, response, door, known).then((status) => onAnswer(door?.path, status))
  }
  const secured = tls === undefined ? undefined : await tlsServer(limits, tls, onRequest)
  const server = secured?.server ?? createServer(limits, onRequest)
  server.maxConnections = 1024
  await listening(server, host, port)
  const address = server.address()
  const bound = typeof address === 'object' && address !== null ? address.port : port
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${inUrl(names[0] ?? host)}:${bound}`,
    open: (wanted) => {
      doors = new Map(wanted.map((door) => [door.path, door]))
    },
    refresh: async () => secured?.look(),
    close: async () => {
      secured?.stop()
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function inUrl(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
}

function doorOf({ url = '' }: IncomingMessage, doors: ReadonlyMap<string, Door>): Door | undefined {
  const query = url.indexOf('?')
  return doors.get(query === -1 ? url : url.slice(0, query))
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  door: Door | undefined,
  names: ReadonlySet<string>,
): Promise<number> {
  const { status, body, type = 'application/json' } = await judged(request, door, names)
  // What was sent along is not wanted; a connection on which it would have to be read is ended.
  const ended = request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined
  const bytes = Buffer.from(body)
  response.writeHead(status, {
    'content-type': type,
    'content-length': bytes.length,
    'cache-control': 'no-store',
    ...(ended ? { connection: 'close' } : {}),
  })
  response.end(bytes)
  return status
}

async function judged(
  request: IncomingMessage,
  door: Door | undefined,
  names: ReadonlySet<string>,
): Promise<EndpointAnswer & { readonly type?: string }> {
  const refuse = (status: number, code: string, message: string) => ({
    status,
    body: door?.refusal(code, message) ?? JSON.stringify({ code, message }),
  })
  const strange = strangeCaller(request, names)
  if (strange !== undefined) return refuse(403, 'Forbidden', strange)
  if (door === undefined) return refuse(404, 'NotFound', 'Nothing is lent here; look at `federate env`.')
  if (request.method !== 'GET') return refuse(405, 'MethodNotAllowed', 'Only GET is answered.')
  const given = door.secret === undefined ? undefined : headerOf(request, door.secret.header)
  if (door.secret !== undefined && !sameSecret(given, door.secret.value)) {
    return refuse(
      401,
      'Unauthorized',
      `The secret in the header ${door.secret.header} is missing or not this target's.`,
    )
  }
  try {
    return await door.answer(queryOf(request))
  } catch (error) {
    if (!(error instanceof FederateError)) return refuse(500, 'Failed', 'It failed.')
    return refuse(error instanceof BadRequest ? 400 : 500, error.code, error.problem)
  }
}

/** A header that stands once. Node joins most of those that stand twice by a comma, and keeps the first of others. */
function headerOf({ headersDistinct }: IncomingMessage, name: string): string | undefined {
  const values = headersDistinct[name] ?? []
  return values.length === 1 ? values[0] : undefined
}

const noQuery = new URLSearchParams()

function queryOf({ url = '' }: IncomingMessage): URLSearchParams {
  const query = url.indexOf('?')
  return query === -1 ? noQuery : new URLSearchParams(url.slice(query + 1))
}

async function listening(server: Server, host: string, port: number): Promise<void> {
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    const taken = code === 'EADDRINUSE'
    throw new FederateError({
      code: taken ? 'ENDPOINT_PORT_TAKEN' : 'ENDPOINT_NOT_LISTENING',
      outcome: 'failed',
      problem: taken
        ? `Another process listens on ${host}:${port} already.`
        : `Nothing can be served on ${host}:${port} (${code}).`,
      next: 'End the other process, or name another address with --listen.',
      cause,
    })
  }
}
