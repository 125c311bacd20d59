import type { IncomingMessage, ServerResponse } from 'node:http'
import type { BearerRequest } from '../bearer.ts'
import type { RefusalAnswer } from '../challenge.ts'

/** What of `node:http`'s request matters. Its `headers` keep one `Authorization` of several, so the raw ones are read. */
export type Incoming = Pick<IncomingMessage, 'rawHeaders' | 'url'>

export function readIncoming({ rawHeaders, url = '' }: Incoming): BearerRequest {
  const authorization = rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'authorization',
  )
  return { authorization, url }
}

export function sendAnswer(response: ServerResponse, { status, headers, body }: RefusalAnswer): void {
  response.writeHead(status, headers).end(body)
}
