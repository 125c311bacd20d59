import type { IncomingMessage, ServerResponse } from 'node:http'
import { TLSSocket } from 'node:tls'
import { subjectOf } from './certificate.ts'
import type { Issuer } from './issuer.ts'
import { type IssuerAnswer, jsonAnswer } from './message.ts'

/** Far above any client's request; what is longer is not kept. */
const maximumBodyBytes = 64_000
/** From here on nobody is answered. */
const givingUpBytes = 20_000_000

/** Puts an issuer behind `node:http`. */
export function nodeHandler(issuer: Issuer): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    answer(issuer, request).then(
      (message) => send(request, response, message),
      () => send(request, response, jsonAnswer(500, { error: 'unknown_error' })),
    )
  }
}

async function answer(issuer: Issuer, request: IncomingMessage): Promise<IssuerAnswer> {
  const body = await bodyOf(request)
  if (body === undefined)
    return jsonAnswer(413, { error: 'HTTP 413 Request Entity Too Large' }, { connection: 'close' })
  const { authorization, 'content-type': contentType } = request.headers
  return issuer.answer({
    method: request.method ?? 'GET',
    path: (request.url ?? '/').replace(/[?#].*$/s, ''),
    ...(authorization === undefined ? {} : { authorization }),
    ...(contentType === undefined ? {} : { contentType }),
    ...presentedCertificate(request),
    body,
  })
}

/** What the handshake did not accept does not count. */
function presentedCertificate({ socket }: IncomingMessage): { certificateSubject?: string } {
  const certificate = socket instanceof TLSSocket && socket.authorized ? socket.getPeerX509Certificate() : undefined
  return certificate === undefined ? {} : { certificateSubject: subjectOf(certificate) }
}

/** `undefined` for a body that is too long. It is read to its end all the same: who still sends does not listen. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue
    length += chunk.length
    if (length <= maximumBodyBytes) chunks.push(chunk)
    if (length > givingUpBytes) break
  }
  return length > maximumBodyBytes ? undefined : Buffer.concat(chunks).toString('utf8')
}

function send(request: IncomingMessage, response: ServerResponse, message: IssuerAnswer): void {
  // RFC 9110 section 8.6: 204 has no Content-Length.
  const length = message.status === 204 ? {} : { 'content-length': Buffer.byteLength(message.body) }
  // By which `federate` tells it from a Keycloak that it could administer.
  response.writeHead(message.status, { server: 'federate-sandbox', ...message.headers, ...length })
  response.end(request.method === 'HEAD' ? undefined : message.body)
}
