import { createHmac, generateKeyPairSync } from 'node:crypto'
import { type ApiIssuer, audience, part } from './api-issuer.ts'

/** A request that must not get through, and what it gets instead. */
export interface RefusedRequest {
  readonly name: string
  readonly headers?: (issuer: ApiIssuer) => readonly (readonly [string, string])[]
  readonly token?: (issuer: ApiIssuer) => string
  readonly path?: string
  readonly status: 400 | 401 | 403
  /** For the log. */
  readonly code: string
}

const { privateKey: stranger } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const now = () => Math.floor(Date.now() / 1000)

const withClaims = (name: string, claims: Readonly<Record<string, unknown>>, code: string): RefusedRequest => ({
  ...{ name, code, status: 401 },
  token: (issuer) => issuer.token(issuer.claims(claims)),
})
const withHeader = (name: string, header: object, code: string): RefusedRequest => ({
  ...{ name, code, status: 401 },
  token: (issuer) => issuer.token(issuer.claims(), header),
})

export const refusedRequests: readonly RefusedRequest[] = [
  { name: 'no header', headers: () => [], status: 401, code: 'REQUEST_WITHOUT_TOKEN' },
  {
    name: 'two headers',
    headers: (issuer) => [
      ['authorization', `Bearer ${issuer.token()}`],
      ['authorization', `Bearer ${issuer.token()}`],
    ],
    ...{ status: 400, code: 'REQUEST_SEVERAL_TOKENS' },
  },
  {
    name: 'another scheme',
    headers: () => [['authorization', 'Basic YTpi']],
    status: 401,
    code: 'REQUEST_WITHOUT_TOKEN',
  },
  {
    name: 'token in the query',
    headers: () => [],
    path: '/?access_token=a.b.c',
    status: 401,
    code: 'REQUEST_WITHOUT_TOKEN',
  },
  {
    name: 'token in the query and in the header',
    ...{ path: '/?access_token=a.b.c', token: (issuer) => issuer.token(), status: 400, code: 'REQUEST_SEVERAL_TOKENS' },
  },
  { name: 'empty', headers: () => [['authorization', 'Bearer ']], status: 400, code: 'REQUEST_MALFORMED' },
  { name: 'two tokens', headers: () => [['authorization', 'Bearer a b']], status: 400, code: 'REQUEST_MALFORMED' },
  { name: 'no JWT', token: () => 'opaque', status: 401, code: 'TOKEN_MALFORMED' },
  { name: '100 kB', token: () => 'a'.repeat(100_000), status: 401, code: 'TOKEN_TOO_LONG' },
  { name: 'encrypted', token: () => 'a.b.c.d.e', status: 401, code: 'TOKEN_MALFORMED' },
  {
    name: 'alg none',
    token: (issuer) => `${part({ alg: 'none', typ: 'JWT' })}.${part(issuer.claims())}.`,
    status: 401,
    code: 'TOKEN_MALFORMED',
  },
  withHeader('alg none, with a signature', { alg: 'none' }, 'TOKEN_ALGORITHM'),
  {
    name: 'HS256 by the public key',
    token: (issuer) => {
      const input = `${part({ alg: 'HS256', typ: 'JWT', kid: 'k1' })}.${part(issuer.claims())}`
      const pem = issuer.publicKey.export({ type: 'spki', format: 'pem' })
      return `${input}.${createHmac('sha256', pem).update(input).digest('base64url')}`
    },
    ...{ status: 401, code: 'TOKEN_ALGORITHM' },
  },
  withHeader('kid is a path', { kid: '../../../dev/null' }, 'TOKEN_KEY_UNKNOWN'),
  withHeader('kid is a URL', { kid: 'https://evil.example.com/jwks' }, 'TOKEN_KEY_UNKNOWN'),
  withHeader('jku', { jku: 'https://evil.example.com/jwks' }, 'TOKEN_HEADER'),
  withHeader('x5u', { x5u: 'https://evil.example.com/cert' }, 'TOKEN_HEADER'),
  withHeader('jwk', { jwk: stranger.export({ format: 'jwk' }) }, 'TOKEN_HEADER'),
  withHeader('crit', { crit: ['exp'], exp: 1 }, 'TOKEN_HEADER'),
  withHeader('nested', { cty: 'JWT' }, 'TOKEN_HEADER'),
  withHeader('wrong typ', { typ: 'logout+jwt' }, 'TOKEN_TYPE'),
  {
    name: 'signed by somebody else',
    token: (issuer) => issuer.token(undefined, {}, stranger),
    status: 401,
    code: 'TOKEN_SIGNATURE',
  },
  {
    name: 'duplicate claims',
    token: (issuer) => issuer.token(JSON.stringify(issuer.claims()).replace('{', '{"azp":"admin",')),
    ...{ status: 401, code: 'TOKEN_MALFORMED' },
  },
  withClaims('aud is another list', { aud: ['api://else', 'account'] }, 'TOKEN_AUDIENCE'),
  withClaims('aud is an object', { aud: { [audience]: true } }, 'TOKEN_AUDIENCE'),
  withClaims('exp is a text', { exp: String(now() + 300) }, 'TOKEN_CLAIMS'),
  withClaims('expired', { exp: now() - 60 }, 'TOKEN_EXPIRED'),
  withClaims('far future nbf', { nbf: now() + 3600 }, 'TOKEN_NOT_YET_VALID'),
  withClaims('an ID token', { typ: 'ID', aud: 'billing' }, 'TOKEN_KIND'),
  withClaims('a cloud token', { aud: [audience, 'sts.amazonaws.com'], azp: 'sts.amazonaws.com' }, 'TOKEN_FOR_CLOUD'),
  {
    name: 'another realm',
    token: (issuer) => issuer.token(issuer.claims({ iss: issuer.url.replace('prod', 'test') })),
    status: 401,
    code: 'TOKEN_ISSUER',
  },
  {
    name: 'a client that is not on the list',
    ...{ token: (issuer) => issuer.token(issuer.claims({ azp: 'mallory' })), status: 403, code: 'TOKEN_CLIENT' },
  },
  {
    name: 'a claim that is not as required',
    ...{ token: (issuer) => issuer.token(issuer.claims({ tenant_id: 7 })), status: 403, code: 'CLAIM_REFUSED' },
  },
]

/** Exactly what a caller is told. */
export function challengeOf({ status, code }: RefusedRequest): string {
  if (code === 'REQUEST_WITHOUT_TOKEN') return 'Bearer realm="api"'
  const [error, description] = {
    400: [
      'invalid_request',
      code === 'REQUEST_MALFORMED'
        ? 'The Authorization header is malformed'
        : 'The request must carry one access token, in one Authorization header',
    ],
    401: [
      'invalid_token',
      code === 'TOKEN_EXPIRED' ? 'The access token expired' : 'The access token is not valid for this API',
    ],
    403: ['insufficient_scope', 'The access token does not allow this'],
  }[status]
  return `Bearer realm="api", error="${error}", error_description="${description}"`
}
