import { once } from 'node:events'
import { request } from 'node:https'
import { TLSSocket } from 'node:tls'

export interface TlsRequest {
  readonly port: number
  readonly servername: string
  readonly ca: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** Default: 127.0.0.1. */
  readonly host?: string
  /** The caller's own certificate. Default: none. */
  readonly client?: { readonly certificate: string; readonly key: string }
}

/** Fetches from this host as if it were another one. */
export async function fetchByTls({ client, ...options }: TlsRequest) {
  const own = client === undefined ? {} : { cert: client.certificate, key: client.key }
  const asking = request({ host: '127.0.0.1', agent: false, ...options, ...own }).end()
  const [response] = await once(asking, 'response')
  const fingerprint =
    response.socket instanceof TLSSocket ? response.socket.getPeerX509Certificate()?.fingerprint256 : ''
  let body = ''
  for await (const chunk of response.setEncoding('utf8')) body += chunk
  return { status: Number(response.statusCode), body, fingerprint }
}
