import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { type EndpointAnswer, FederateError, type Seconds, whenThere } from '@federate/core'
import { strangeCaller } from './caller.ts'
import { type SeenHeaders, seenHeaders } from './headers.ts'
import { inUrl, notListening } from './not-listening.ts'
import { type Secret, sameSecret, secretOf } from './secret.ts'
import { type TlsOptions, tlsServer } from './tls.ts'

/** What a door's `answer` throws at a request that lacks something: status 400. Any other error is one of ours: 500. */
export class BadRequest extends FederateError {}

export type Answer = EndpointAnswer & { readonly type?: string }

/** Something that can be fetched: behind one path, with one secret. */
export interface Door {
  readonly path: string
  /** Nothing: whoever reaches loopback may ask. */
  readonly secret?: { readonly header: string; readonly value: string } | undefined
  answer(query: URLSearchParams): Answer | Promise<Answer>
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
    // By TLS; else two minutes.
    handshakeTimeout: headersTimeout,
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
  let doors: ReadonlyMap<string, OpenDoor> = new Map()
  // As they stand in the Host of a request.
  const known = new Set(names.map((name) => inUrl(name).toLowerCase()))
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    const open = doorOf(request, doors)
    const headers = seenHeaders(request, open?.secret?.header)
    const judged = judge(request, headers, open, known)
    const answered = (given: Answer) => {
      send(response, headers, given)
      onAnswer(open?.door.path, given.status)
    }
    void whenThere('status' in judged ? judged : fetched(judged, queryOf(request)), answered)
  }
  const secured = tls === undefined ? undefined : await tlsServer(limits, tls, onRequest)
  const server = secured?.server ?? createServer(limits, onRequest)
  server.maxConnections = 1024
  const connections = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    connections.add(socket.once('close', () => connections.delete(socket)))
  })
  await listening(server, host, port)
  const address = server.address()
  const bound = typeof address === 'object' && address !== null ? address.port : port
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${inUrl(names[0] ?? host)}:${bound}`,
    open: (wanted) => {
      doors = new Map(wanted.map((door) => [door.path, openDoor(door)]))
    },
    refresh: async () => secured?.look(),
    close: async () => {
      secured?.stop()
      const closed = once(server, 'close')
      server.close()
      // Not by closeAllConnections, which knows none that is still in its TLS handshake.
      for (const socket of connections) socket.destroy()
      await closed
    },
  }
}

/** A door, and its secret as it is compared. */
interface OpenDoor {
  readonly door: Door
  readonly secret: { readonly header: string; readonly compared: Secret } | undefined
}

function openDoor(door: Door): OpenDoor {
  const { secret } = door
  return {
    door,
    secret: secret === undefined ? undefined : { header: secret.header, compared: secretOf(secret.value) },
  }
}

function doorOf({ url = '' }: IncomingMessage, doors: ReadonlyMap<string, OpenDoor>): OpenDoor | undefined {
  const query = url.indexOf('?')
  return doors.get(query === -1 ? url : url.slice(0, query))
}

const nothingThere: Answer = {
  status: 404,
  body: JSON.stringify({ code: 'NotFound', message: 'Nothing is lent here; look at `federate env`.' }),
}

function send(
  response: ServerResponse,
  { withBody }: SeenHeaders,
  { status, body, type = 'application/json' }: Answer,
): void {
  // What was sent along is not wanted; a connection on which it would have to be read is ended.
  const length = Buffer.byteLength(body)
  const head = { 'content-type': type, 'content-length': length, 'cache-control': 'no-store' }
  response.writeHead(status, withBody ? { ...head, connection: 'close' } : head)
  // As text and not as bytes: Node writes it together with the head then, in one piece. ASCII need not be encoded.
  response.end(body, length === body.length ? 'latin1' : 'utf8')
}

/** The door that is opened to a request, or why none is; decided at once. */
function judge(
  { method }: IncomingMessage,
  headers: SeenHeaders,
  open: OpenDoor | undefined,
  names: ReadonlySet<string>,
): Door | Answer {
  const strange = strangeCaller(headers, names)
  if (strange !== undefined) return refusal(open?.door, 403, 'Forbidden', strange)
  if (open === undefined) return nothingThere
  const { door, secret } = open
  if (method !== 'GET') return refusal(door, 405, 'MethodNotAllowed', 'Only GET is answered.')
  if (secret === undefined || sameSecret(headers.secret, secret.compared)) return door
  const problem = `The secret in the header ${secret.header} is missing or not this target's.`
  return refusal(door, 401, 'Unauthorized', problem)
}

function refusal(door: Door | undefined, status: number, code: string, message: string): Answer {
  return { status, body: door?.refusal(code, message) ?? JSON.stringify({ code, message }) }
}

/** What is behind a door, or why it is not to be had; never fails. */
function fetched(door: Door, query: URLSearchParams): Answer | Promise<Answer> {
  const failed = (error: unknown) => failureOf(error, door)
  try {
    const answer = door.answer(query)
    return answer instanceof Promise ? answer.catch(failed) : answer
  } catch (error) {
    return failed(error)
  }
}

/** Why what is behind a door is not to be had. */
function failureOf(error: unknown, door: Door): Answer {
  if (!(error instanceof FederateError)) return { status: 500, body: door.refusal('Failed', 'It failed.') }
  return { status: error instanceof BadRequest ? 400 : 500, body: door.refusal(error.code, error.problem) }
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
    throw notListening(host, port, cause)
  }
}
