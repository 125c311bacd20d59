import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Fetch, FetchInit, FetchResponse } from './fetch.ts'
import type { Seconds } from './units.ts'

export interface NodeFetchOptions {
  /** Seconds until the connection, with its TLS handshake, must stand. Default: 5. */
  connectTimeout?: Seconds
  /** Seconds until the last byte of the answer must be there. Default: 10. */
  timeout?: Seconds
}

/**
 * A `Fetch` on `node:http` and `node:https`. One connection per request, which suits a process that makes two of them;
 * redirects are handed back, bodies stream, `NODE_EXTRA_CA_CERTS` counts.
 *
 * It rejects as Node does, with system errors (`ECONNREFUSED`, `ETIMEDOUT` also for its own timeouts, the codes of TLS),
 * and with the signal's reason when aborted; who calls it knows what the failure means.
 */
export function nodeFetch(options: NodeFetchOptions = {}): Fetch {
  const { connectTimeout = 5, timeout = 10 } = options
  return (url, init) => send(url, init, { connectTimeout, timeout })
}

function send(url: string, init: FetchInit, limits: Required<NodeFetchOptions>): Promise<FetchResponse> {
  return new Promise((resolve, reject) => {
    init.signal.throwIfAborted()
    const request = openRequest(new URL(url), init)
    const end = new EndOfRequest(request, init.signal)
    end.after(limits.timeout, `no complete answer within ${limits.timeout} s`)
    endUnlessConnected(request, end, limits.connectTimeout)
    request.once('response', (message) => resolve(responseOf(message, end)))
    request.on('error', (error) => reject(end.reason ?? error))
    request.once('close', () => end.clear())
    request.end(init.body)
  })
}

/** The modules are taken here: importing them by name would load undici, which costs more than the request. */
function openRequest(url: URL, init: FetchInit): ClientRequest {
  const options = { method: init.method, headers: init.headers, agent: false }
  if (url.protocol === 'https:') return process.getBuiltinModule('node:https').request(url, options)
  return process.getBuiltinModule('node:http').request(url, options)
}

function endUnlessConnected(request: ClientRequest, end: EndOfRequest, timeout: Seconds): void {
  const cancel = end.after(timeout, `no connection within ${timeout} s`)
  request.once('socket', (socket) => socket.once('encrypted' in socket ? 'secureConnect' : 'connect', cancel))
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

/** Ends a request early, and remembers why. */
class EndOfRequest {
  reason: unknown
  readonly #request: ClientRequest
  readonly #signal: AbortSignal
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #onAbort = () => this.#end(this.#signal.reason)

  constructor(request: ClientRequest, signal: AbortSignal) {
    this.#request = request
    this.#signal = signal
    signal.addEventListener('abort', this.#onAbort, { once: true })
  }

  /** Ends the request when the time is over, unless the returned function was called before. */
  after(time: Seconds, message: string): () => void {
    const timer = setTimeout(() => this.#end(new TimeoutError(message)), time * 1000)
    this.#timers.add(timer)
    return () => clearTimeout(timer)
  }

  clear(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#signal.removeEventListener('abort', this.#onAbort)
  }

  #end(reason: unknown): void {
    this.reason = reason
    this.#request.destroy(new Error('ended early'))
  }
}

/** As the system's own, so that nobody must know two kinds. */
class TimeoutError extends Error {
  readonly code = 'ETIMEDOUT'
}
