import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { createServer } from 'node:http'

/** An issuer by real http whose tokens can be wrong in every way; independent of the sandbox's own. */
export interface ApiIssuer {
  readonly url: string
  /** Claims of a good token for `api://orders`. */
  claims(more?: Readonly<Record<string, unknown>>): Record<string, unknown>
  /** A token with this header and these claims, given as values or as text to the letter. */
  token(claims?: object | string, header?: object | string, key?: KeyObject): string
  readonly publicKey: KeyObject
  /** Requests by path. */
  readonly asked: string[]
  close(): Promise<void>
}

export const audience = 'api://orders'

export async function startApiIssuer(): Promise<ApiIssuer> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'ES256', use: 'sig' }
    const document = request.url?.endsWith('/certs') ? { keys: [jwk] } : { issuer: url, jwks_uri: `${url}/certs` }
    response.setHeader('content-type', 'application/json').end(JSON.stringify(document))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/realms/prod`
  const claims = (more: Readonly<Record<string, unknown>> = {}) => {
    const now = Math.floor(Date.now() / 1000)
    const identity = { iss: url, aud: audience, azp: 'billing', sub: '8e8b1f0c', typ: 'Bearer', scope: audience }
    return { exp: now + 300, iat: now, ...identity, tenant_id: 'tenant-123', ...more }
  }
  const token: ApiIssuer['token'] = (payload = claims(), header = {}, key = privateKey) => {
    const whole = typeof header === 'string' ? header : { alg: 'ES256', typ: 'JWT', kid: 'k1', ...header }
    const input = [whole, payload].map(part).join('.')
    const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' })
    return `${input}.${signature.toString('base64url')}`
  }
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()))
  return { url, claims, token, publicKey, asked, close }
}

export function part(value: object | string): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
}
