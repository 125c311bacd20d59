import type { ClientRequest, Agent as HttpAgent, IncomingMessage } from 'node:http'
import type { Agent as HttpsAgent } from 'node:https'
import type { Fetch, FetchInit, FetchResponse } from './fetch.ts'
import type { Seconds } from './units.ts'

export interface NodeFetchOptions {
  /** Seconds until the connection, with its TLS handshake, must stand. Default: 5. */
  connectTimeout?: Seconds
  /** Seconds until the last byte of the answer must be there. Default: 10. */
  timeout?: Seconds
}

/**
 * A `Fetch` on `node:http` and `node:https`. Requests that follow each other at once share a connection, so that discovery
 * and grant pay for one TLS handshake; redirects are handed back, bodies stream, `NODE_EXTRA_CA_CERTS` counts.
 *
 * It rejects as Node does, with system errors (`ECONNREFUSED`, `ETIMEDOUT` also for its own timeouts, the codes of TLS),
 * and with the signal's reason when aborted; who calls it knows what the failure means.
 */
export function nodeFetch(options: NodeFetchOptions = {}): Fetch {
  const { connectTimeout = 5, timeout = 10 } = options
  const agents = new Agents()
  return (url, init) => send(url, init, agents, { connectTimeout, timeout })
}

/** Milliseconds that an idle connection is kept: a server may end it at any time, so the less the better. */
const idleTime = 500

/** The connections of one `Fetch`. The modules are taken when needed: importing them by name would load undici. */
class Agents {
  #http: HttpAgent | undefined
  #https: HttpsAgent | undefined

  open(url: URL, init: FetchInit): ClientRequest {
    const options = { method: init.method, headers: init.headers }
    if (url.protocol === 'https:') {
      const https = process.getBuiltinModule('node:https')
      this.#https ??= new https.Agent({ keepAlive: true, timeout: idleTime })
      return https.request(url, { ...options, agent: this.#https })
    }
    const http = process.getBuiltinModule('node:http')
    this.#http ??= new http.Agent({ keepAlive: true, timeout: idleTime })
    return http.request(url, { ...options, agent: this.#http })
  }
}

function send(
  url: string,
  init: FetchInit,
  agents: Agents,
  limits: Required<NodeFetchOptions>,
): Promise<FetchResponse> {
  return new Promise((resolve, reject) => {
    init.signal.throwIfAborted()
    const request = agents.open(new URL(url), init)
    const end = new EndOfRequest(request, init.signal)
    end.after(limits.timeout, `no complete answer within ${limits.timeout} s`)
    endUnlessConnected(request, end, limits.connectTimeout)
    request.once('response', (message) => resolve(responseOf(message, end)))
    request.on('error', (error) => reject(end.reason ?? error))
    request.once('close', () => end.clear())
    request.end(init.body)
  })
}

function endUnlessConnected(request: ClientRequest, end: EndOfRequest, timeout: Seconds): void {
  const cancel = end.after(timeout, `no connection within ${timeout} s`)
  request.once('socket', (socket) => {
    if (request.reusedSocket) cancel()
    else socket.once('encrypted' in socket ? 'secureConnect' : 'connect', cancel)
  })
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
