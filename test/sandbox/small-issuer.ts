import { createServer } from 'node:http'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'

/** An issuer of a few lines, independent of the sandbox's own, so that the two cannot share a mistake. */
export interface SmallIssuer {
  readonly url: string
  /** As IAM stores it. */
  readonly stored: string
  /** What it publishes; tests change it. */
  readonly published: { keys: unknown; discovery: Record<string, unknown> | string; status: number }
  /** Requests by path. */
  readonly asked: string[]
  /** Signs claims; `kid` names the key, a new one is made for a new name, and published with `publish`. */
  sign(
    claims: Readonly<Record<string, unknown>>,
    header?: { alg?: string; kid?: string | undefined; typ?: string },
  ): Promise<string>
  publish(...keyIds: readonly string[]): Promise<void>
  close(): Promise<void>
}

export async function startSmallIssuer(): Promise<SmallIssuer> {
  const asked: string[] = []
  const published: SmallIssuer['published'] = { keys: [], discovery: {}, status: 200 }
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    const document = request.url?.endsWith('/certs') ? { keys: published.keys } : published.discovery
    response.writeHead(published.status, { 'content-type': 'application/json' })
    response.end(typeof document === 'string' ? document : JSON.stringify(document))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const stored = `127.0.0.1:${typeof address === 'object' ? address?.port : 0}/realms/prod`
  const url = `http://${stored}`
  published.discovery = discoveryOf(url)
  const keys = keyRing()
  return {
    url,
    stored,
    published,
    asked,
    async sign(claims, header = {}) {
      const { alg = 'RS256', typ = 'JWT' } = header
      const kid = 'kid' in header ? header.kid : 'k1'
      const { privateKey } = await keys(kid ?? 'k1', alg)
      return new SignJWT({ ...claims })
        .setProtectedHeader({ alg, typ, ...(kid === undefined ? {} : { kid }) })
        .sign(privateKey)
    },
    async publish(...keyIds) {
      const jwks: JWK[] = []
      for (const kid of keyIds) jwks.push({ ...(await keys(kid)).jwk, kid, use: 'sig' })
      published.keys = jwks
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

export function discoveryOf(url: string): Record<string, unknown> {
  return {
    issuer: url,
    jwks_uri: `${url}/protocol/openid-connect/certs`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  }
}

function keyRing() {
  const keys = new Map<string, ReturnType<typeof newKey>>()
  return (kid: string, algorithm = 'RS256') => {
    const key = keys.get(kid) ?? newKey(algorithm)
    keys.set(kid, key)
    return key
  }
}

async function newKey(algorithm: string) {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true })
  return { privateKey, jwk: await exportJWK(publicKey) }
}
