import type { IncomingMessage, ServerResponse } from 'node:http'
import type { BearerRequest } from '../bearer.ts'
import type { RefusalAnswer } from '../challenge.ts'
import { hasMethod } from './misuse.ts'

/** What of `node:http`'s request matters. Its `headers` keep one `Authorization` of several, so the raw ones are read. */
export type Incoming = Pick<IncomingMessage, 'rawHeaders' | 'url'>

export function readIncoming({ rawHeaders, url = '' }: Incoming): BearerRequest {
  const authorization = rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'authorization',
  )
  return { authorization, url }
}

/** Whether these are a request and a response of `node:http`, as a guard for them has to find them. */
export function isExchange(request: unknown, response: unknown): boolean {
  return isIncoming(request) && hasMethod(response, 'writeHead')
}

export function isIncoming(request: unknown): boolean {
  return typeof request === 'object' && request !== null && Array.isArray(Reflect.get(request, 'rawHeaders'))
}

export function sendAnswer(response: ServerResponse, { status, headers, body }: RefusalAnswer): void {
  response.writeHead(status, headers).end(body)
}
