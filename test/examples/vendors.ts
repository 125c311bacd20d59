import type { KeyObject, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { generateKeyPair, jwtVerify, SignJWT } from 'jose'

type Form = Readonly<Record<string, string>>

/** What a vendor answers to a form: the token's audience, or the refusal in its own words. */
type Verdict = { readonly audience: string } | { readonly status: number; readonly body: object }

/** An authorization server of a vendor, as far as its documentation says; what it does not know it refuses. */
export interface Vendor {
  /** Behind the origin. */
  readonly issuerPath: string
  readonly tokenPath: string
  judge(form: Form, tokenEndpoint: string): Promise<Verdict>
}

export const clientId = 'the-client'

const refusal = (status: number, error: string, description: string): Verdict => ({
  status,
  body: { error, error_description: description },
})

function unknownParameter(form: Form, known: readonly string[]): string | undefined {
  return Object.keys(form).find((name) => !known.includes(name))
}

/** auth0.com/docs, "Get Access Tokens": grant_type, client_id, client_secret, audience, and optionally organization. */
export function auth0(secret: string): Vendor {
  return {
    issuerPath: '/',
    tokenPath: '/oauth/token',
    judge: async (form) => {
      const unknown = unknownParameter(form, ['grant_type', 'client_id', 'client_secret', 'audience', 'organization'])
      if (unknown !== undefined) return refusal(400, 'invalid_request', `unknown ${unknown}`)
      if (form['client_id'] !== clientId || form['client_secret'] !== secret) {
        return refusal(401, 'access_denied', 'Unauthorized')
      }
      if (form['audience'] !== 'https://orders.example.com/') return refusal(403, 'access_denied', 'Service not found')
      return { audience: form['audience'] }
    },
  }
}

const assertionParameters = ['grant_type', 'client_id', 'client_assertion_type', 'client_assertion', 'scope']

/** What both demand of an assertion: RFC 7523, for the token endpoint, by a registered key. */
async function assertionOf(form: Form, key: KeyObject, audience: string) {
  const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
  if (unknownParameter(form, assertionParameters) !== undefined || form['client_assertion_type'] !== type)
    return undefined
  const requiredClaims = ['exp', 'iat', 'jti']
  const expected = { audience, issuer: clientId, subject: clientId, requiredClaims }
  return jwtVerify(form['client_assertion'] ?? '', key, expected).catch(() => undefined)
}

/** The assertion and its refusals as in devforum.okta.com/t/13539; the key is chosen by its `kid`. */
export function okta(key: KeyObject, keyId: string): Vendor {
  return {
    issuerPath: '/oauth2/default',
    tokenPath: '/oauth2/default/v1/token',
    judge: async (form, tokenEndpoint) => {
      const assertion = await assertionOf(form, key, tokenEndpoint)
      if (assertion?.protectedHeader.kid !== keyId) {
        return refusal(401, 'invalid_client', 'The client_assertion is not valid.')
      }
      if (form['scope'] !== 'orders.read')
        return refusal(400, 'invalid_scope', 'Custom scopes are not allowed for this request.')
      return { audience: 'api://default' }
    },
  }
}

/**
 * The assertion as learn.microsoft.com/entra/identity-platform/certificate-credentials describes it; the refusal of a scope as
 * quoted in github.com/phantom-artist/ms-email-reader/issues/1.
 */
export function entra(certificate: X509Certificate): Vendor {
  const thumbprint = Buffer.from(certificate.fingerprint256.replaceAll(':', ''), 'hex').toString('base64url')
  return {
    issuerPath: '/11111111-1111-1111-1111-111111111111/v2.0',
    tokenPath: '/11111111-1111-1111-1111-111111111111/oauth2/v2.0/token',
    judge: async (form, tokenEndpoint) => {
      const assertion = await assertionOf(form, certificate.publicKey, tokenEndpoint)
      const header = { ...assertion?.protectedHeader }
      const wellFormed = header['alg'] === 'PS256' && header['typ'] === 'JWT' && assertion?.payload.nbf !== undefined
      if (!wellFormed || header['x5t#S256'] !== thumbprint) {
        return refusal(
          401,
          'invalid_client',
          'AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on application.',
        )
      }
      const scope = form['scope'] ?? ''
      if (!scope.endsWith('/.default')) {
        return refusal(400, 'invalid_scope', `AADSTS1002012: The provided value for scope ${scope} is not valid.`)
      }
      return { audience: scope.slice(0, -'/.default'.length) }
    },
  }
}

/** Serves one vendor on loopback. */
export async function serveVendor(vendor: Vendor): Promise<{ issuer: string; close(): void }> {
  const { privateKey } = await generateKeyPair('RS256')
  const server = createServer(async (request, response) => {
    const origin = `http://${request.headers.host}`
    const tokenEndpoint = `${origin}${vendor.tokenPath}`
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    const documented = `${vendor.issuerPath.replace(/\/$/, '')}/.well-known/openid-configuration`
    if (request.method === 'GET' && request.url === documented) {
      return answer(200, { issuer: `${origin}${vendor.issuerPath}`, token_endpoint: tokenEndpoint })
    }
    if (request.method !== 'POST' || request.url !== vendor.tokenPath) return answer(404, { error: 'not_found' })
    let text = ''
    for await (const chunk of request) text += chunk
    const form = Object.fromEntries(new URLSearchParams(text))
    const verdict = await vendor.judge(form, tokenEndpoint)
    if ('body' in verdict) return answer(verdict.status, verdict.body)
    const token = await new SignJWT({ aud: verdict.audience })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
      .setExpirationTime('1h')
      .sign(privateKey)
    return answer(200, { access_token: token, token_type: 'Bearer', expires_in: 3600 })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { issuer: `http://127.0.0.1:${port}${vendor.issuerPath}`, close: () => void server.close() }
}
