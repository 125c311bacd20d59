import { withDeadline } from '../abort.ts'
import { FederateError } from '../errors.ts'
import { printable } from '../redaction/printable.ts'
import type { Seconds } from '../units.ts'
import type { ClientCertificate, Fetch, FetchResponse } from './fetch.ts'
import { unreachable } from './network-failure.ts'
import { issuerPeer, type Peer } from './peer.ts'

export interface HttpRequest {
  readonly fetch: Fetch
  /** Who is asked. Default: the issuer. */
  readonly peer?: Peer
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as `application/x-www-form-urlencoded`. */
  readonly form?: Readonly<Record<string, string>>
  /** Sent as `application/json`, where there is no form. */
  readonly json?: unknown
  /** Texts of the request that no error may repeat, whatever the transport throws. */
  readonly secrets?: readonly string[]
  /** Presented in the TLS handshake. */
  readonly clientCertificate?: ClientCertificate | undefined
  readonly signal?: AbortSignal | undefined
  /** Seconds for the whole of it. Default: 10. */
  readonly timeout?: Seconds | undefined
  /** Length of the body in bytes from which the answer is refused. Default: 1,000,000. */
  readonly maximumBytes?: number
}

/** An answer with its whole body; what its status means is for the caller to say. */
export interface HttpAnswer {
  readonly peer: Peer
  /** The URL that was asked, without its query. */
  readonly url: string
  readonly status: number
  readonly body: string
  header(name: string): string | undefined
}

/**
 * Sends one request to an issuer, or to another peer, and reads the answer, whatever its status, redirects excepted.
 *
 * Bodies never get into messages: they may hold tokens.
 *
 * @throws FederateError (unreachable) `ISSUER_UNREACHABLE`, `ISSUER_REDIRECTS`, `ISSUER_ANSWER_TOO_LARGE`, or
 *   with the prefix of the peer; or the signal's reason when the caller aborts.
 */
export async function sendRequest(request: HttpRequest): Promise<HttpAnswer> {
  const { signal, timeout = 10, maximumBytes = 1_000_000 } = request
  try {
    return await withDeadline((within) => exchange(request, within, maximumBytes), {
      signal,
      timeout,
      reason: () => Object.assign(new Error(`No complete answer within ${timeout} s`), { code: 'ETIMEDOUT' }),
    })
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason
    if (error instanceof FederateError) throw error
    throw unreachable(request.url, error, request)
  }
}

async function exchange(request: HttpRequest, signal: AbortSignal, maximumBytes: number): Promise<HttpAnswer> {
  const { peer = issuerPeer } = request
  const content = contentOf(request)
  const response = await request.fetch(request.url, {
    method: request.method,
    redirect: 'manual',
    signal,
    headers: {
      accept: 'application/json',
      ...(content === undefined ? {} : { 'content-type': content.type }),
      ...request.headers,
    },
    ...(content === undefined ? {} : { body: content.body }),
    ...(request.clientCertificate === undefined ? {} : { clientCertificate: request.clientCertificate }),
  })
  const url = withoutQuery(request.url)
  if (isRedirect(response)) {
    void leave(response)
    throw redirected(peer, url, response)
  }
  const body = await readBody(peer, url, response, maximumBytes)
  return { peer, url, status: response.status, body, header: (name) => response.headers.get(name) ?? undefined }
}

function contentOf({ form, json }: HttpRequest): { readonly type: string; readonly body: string } | undefined {
  if (form !== undefined) {
    return { type: 'application/x-www-form-urlencoded', body: new URLSearchParams(form).toString() }
  }
  return json === undefined ? undefined : { type: 'application/json', body: JSON.stringify(json) }
}

/**
 * The JSON object in an answer's body. A wrong content type is forgiven, a body of another kind is not.
 *
 * @throws FederateError `ISSUER_NOT_JSON` (unreachable).
 */
export function jsonObject(answer: HttpAnswer): Readonly<Record<string, unknown>> {
  const object = tryJsonObject(answer)
  if (object !== undefined) return object
  const type = printable(answer.header('content-type') ?? 'no content type')
  throw new FederateError({
    code: `${answer.peer.prefix}_NOT_JSON`,
    outcome: 'unreachable',
    problem: `${answer.url} answered with status ${answer.status} and ${type}, where a JSON object was expected.`,
    next: /html/i.test(type)
      ? `A page for people usually means a login proxy before ${answer.peer.name}, or a URL that is not ${answer.peer.name}: open it in a browser${addressOf(answer.peer)}.`
      : `Check that the URL of ${answer.peer.name} is right, and that no proxy on the way answers for it.`,
    details: { url: answer.url, status: answer.status, contentType: type },
  })
}

function addressOf(peer: Peer): string {
  return peer === issuerPeer ? ', and give the issuer URL that its realm settings show' : ''
}

/** As `jsonObject`; `undefined` for any other body. What the parser says of it is dropped, because it quotes the body. */
export function tryJsonObject(answer: HttpAnswer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(answer.body)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}

function isRedirect({ status }: FetchResponse): boolean {
  return status >= 300 && status <= 399 && status !== 304
}

/** A body that nobody reads would keep its connection, and with it the process, until the server gives up. */
async function leave({ body }: FetchResponse): Promise<void> {
  try {
    for await (const _ of body ?? []) break
  } catch {
    // What was wrong with it is of no interest any more.
  }
}

function redirected(peer: Peer, url: string, response: FetchResponse): FederateError {
  const location = response.headers.get('location')
  const target = location === null ? null : URL.parse(location, url)
  const origin = target === null ? 'an unnamed place' : target.origin
  return new FederateError({
    code: `${peer.prefix}_REDIRECTS`,
    outcome: 'unreachable',
    problem: `${url} answered with a redirect (${response.status}) to ${origin}, and redirects are not followed: what they lead to is not who was asked.`,
    next: `Give the URL under which ${peer.name} answers itself; if a login proxy stands before it, let its paths through.`,
    details: { url, status: response.status, origin },
  })
}

async function readBody(peer: Peer, url: string, response: FetchResponse, maximumBytes: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength
    if (length > maximumBytes) throw tooLarge(peer, url, maximumBytes)
    chunks.push(chunk)
  }
  return new TextDecoder().decode(Buffer.concat(chunks))
}

function tooLarge(peer: Peer, url: string, maximumBytes: number): FederateError {
  return new FederateError({
    code: `${peer.prefix}_ANSWER_TOO_LARGE`,
    outcome: 'unreachable',
    problem: `${url} answered with more than ${maximumBytes} bytes.`,
    next: `Check that the URL is that of ${peer.name}; if a token in it is so large, take claims out of it at the issuer.`,
    details: { url, maximumBytes },
  })
}

function withoutQuery(text: string): string {
  const url = new URL(text)
  return `${url.origin}${url.pathname}`
}
