import type { IncomingMessage } from 'node:http'
import { invalid } from './google-fault.ts'

/** More than any call needs: the longest is a provider with a JWKS. */
const limit = 512 * 1024

/** One call as the methods see it. */
export interface GoogleRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly body: Readonly<Record<string, unknown>>
  /** Of `Authorization: Bearer`. */
  readonly bearer: string | undefined
}

/** Reads a request, whose body is JSON or a form. @throws GoogleFault INVALID_ARGUMENT */
export async function readRequest(request: IncomingMessage): Promise<GoogleRequest> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  const [, bearer] = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '') ?? []
  const text = await readText(request)
  const form = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true
  return {
    method: request.method ?? 'GET',
    path: decodeURIComponent(url.pathname).replace(/^\/+/, ''),
    query: url.searchParams,
    body: form ? Object.fromEntries(new URLSearchParams(text)) : jsonBody(text),
    bearer,
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size > limit) throw invalid('Request payload size exceeds the limit.')
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function jsonBody(text: string): Readonly<Record<string, unknown>> {
  if (text === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch {
    // What the parser says quotes the body.
  }
  throw invalid('Invalid JSON payload received.')
}

/** A text of a body. @throws GoogleFault INVALID_ARGUMENT when it is something else. */
export function textField(body: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = body[name]
  if (value === undefined || typeof value === 'string') return value
  throw invalid(`Invalid value at '${name}' (TYPE_STRING)`)
}

/** A list of texts. @throws GoogleFault INVALID_ARGUMENT */
export function textsField(body: Readonly<Record<string, unknown>>, name: string): readonly string[] | undefined {
  const value = body[name]
  if (value === undefined) return undefined
  const texts = Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
  if (Array.isArray(value) && texts.length === value.length) return texts
  throw invalid(`Invalid value at '${name}' (TYPE_STRING)`)
}

/** An object in a body. @throws GoogleFault INVALID_ARGUMENT */
export function objectField(
  body: Readonly<Record<string, unknown>>,
  name: string,
): Record<string, unknown> | undefined {
  const value = body[name]
  if (value === undefined) return undefined
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw invalid(`Invalid value at '${name}' (TYPE_MESSAGE)`)
}

export function refuseUnknownFields(body: Readonly<Record<string, unknown>>, known: readonly string[]): void {
  const unknown = Object.keys(body).find((name) => !known.includes(name))
  if (unknown === undefined) return
  throw invalid(`Invalid JSON payload received. Unknown name "${unknown}": Cannot find field.`)
}
