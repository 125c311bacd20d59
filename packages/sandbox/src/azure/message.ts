import type { IncomingMessage } from 'node:http'
import { AzureFault } from './fault.ts'

/** One request, read whole. */
export interface AzureRequest {
  readonly method: string
  /** Decoded. */
  readonly path: string
  readonly query: URLSearchParams
  /** Where the server is reached, for links. */
  readonly origin: string
  readonly prefer: string | undefined
  readonly authorization: string | undefined
  readonly body: string
}

export interface AzureAnswer {
  readonly status: number
  readonly json?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

const bodyLimit = 512 * 1024

/** @throws AzureFault `RequestEntityTooLarge`, `BadRequest` */
export async function readRequest(request: IncomingMessage): Promise<AzureRequest> {
  const { host = '127.0.0.1', prefer, authorization } = request.headers
  const url = new URL(request.url ?? '/', `https://${host}`)
  return {
    method: request.method ?? 'GET',
    path: decoded(url.pathname),
    query: url.searchParams,
    origin: url.origin,
    prefer: typeof prefer === 'string' ? prefer : undefined,
    authorization,
    body: await readBody(request),
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size > bodyLimit)
      throw new AzureFault(413, 'RequestEntityTooLarge', `The request is longer than ${bodyLimit} bytes.`)
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    throw new AzureFault(400, 'BadRequest', 'The path is not percent-encoded UTF-8.')
  }
}

/** The JSON object in a request, with no other keys than these. @throws AzureFault `BadRequest` */
export function bodyOf(request: AzureRequest, known: readonly string[]): Readonly<Record<string, unknown>> {
  const body = parsed(request.body)
  const unknown = Object.keys(body).find((key) => !known.includes(key))
  if (unknown !== undefined)
    throw new AzureFault(400, 'BadRequest', `The sandbox does not know the property ${unknown}.`)
  return body
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch {
    // Told below, without the parser's words.
  }
  throw new AzureFault(400, 'BadRequest', 'The body is not a JSON object.')
}

export function texts(value: unknown, name: string): string[] {
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return [...value]
  throw new AzureFault(400, 'BadRequest', `${name} must be a list of texts.`)
}

export function text(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw new AzureFault(400, 'BadRequest', `${name} must be a text that is not empty.`)
}
