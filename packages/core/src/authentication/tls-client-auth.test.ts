import { mkdtempSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TLSSocket } from 'node:tls'
import { afterAll, describe, expect, it } from 'vitest'
import { nodeFetch } from '../network/transport.ts'
import { clientAuthentication } from '../service-file/auth-reference.ts'
import { errorOf, fakeFetch } from '../test-support.ts'
import { clientCredentials } from '../tokens/client-credentials.ts'
import { TestAuthority } from './certificates.test-kit.ts'
import { checkClientCertificate } from './client-certificate.ts'
import { tlsClientAuth } from './tls-client-auth.ts'

const folder = mkdtempSync(join(tmpdir(), 'federate-tls-'))
afterAll(() => rm(folder, { recursive: true }))
const authority = new TestAuthority(folder)
const client = authority.issue('billing')
const renewed = authority.issue('billing-renewed')
const server = authority.issue('issuer', 'DNS:localhost,IP:127.0.0.1')

/** An issuer that wants a client certificate, and says in the token whose it was. */
async function startIssuer() {
  const asked: string[] = []
  const listener = createServer(
    {
      cert: server.certificate,
      key: server.key,
      ca: authority.certificate,
      requestCert: true,
      rejectUnauthorized: false,
    },
    (request, response) => {
      const issuer = `https://${request.headers.host}`
      const { socket } = request
      const subject = socket instanceof TLSSocket ? socket.getPeerCertificate().subject?.CN : undefined
      asked.push(request.url ?? '')
      response.setHeader('content-type', 'application/json')
      if (request.method === 'GET') {
        const alias = { token_endpoint: `${issuer}/mtls`, revocation_endpoint: `${issuer}/mtls-revoke` }
        const usual = { token_endpoint: `${issuer}/token`, revocation_endpoint: `${issuer}/revoke` }
        response.end(JSON.stringify({ issuer, ...usual, mtls_endpoint_aliases: alias }))
      } else if (subject === undefined) {
        response.writeHead(401).end(JSON.stringify({ error: 'invalid_client' }))
      } else {
        const token = `${request.url?.slice(1)}-${subject}`
        response.end(JSON.stringify({ access_token: token, token_type: 'Bearer', expires_in: 60 }))
      }
    },
  )
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const address = listener.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { url: `https://127.0.0.1:${address.port}`, asked, close: () => listener.close() }
}

describe('tlsClientAuth', () => {
  it('presents the certificate at the endpoint for it, and a renewed one as soon as it is there', async () => {
    const issuer = await startIssuer()
    try {
      const [certificate, key] = [join(folder, 'live.pem'), join(folder, 'live.key')]
      await writeFile(certificate, client.certificate)
      await writeFile(key, client.key, { mode: 0o600 })
      const auth = clientAuthentication(
        { method: 'tls_client_auth', certificate: { file: 'live.pem' }, key: { file: 'live.key' } },
        { baseDirectory: folder },
      )
      const fetch = nodeFetch({ ca: { pem: authority.certificate } })
      const source = clientCredentials({ issuer: issuer.url, clientId: 'billing', auth, fetch })
      expect((await source.getToken()).reveal()).toBe('mtls-billing')
      expect(await auth.reload()).toBe(false)
      await writeFile(certificate, renewed.certificate)
      await writeFile(key, renewed.key)
      expect(await auth.reload()).toBe(true)
      expect((await source.getToken({ forceRefresh: true })).reveal()).toBe('mtls-billing-renewed')
    } finally {
      issuer.close()
    }
  })

  it('tries again when it meets the two files in the middle of a renewal', async () => {
    const issuer = await startIssuer()
    try {
      const certificate = join(folder, 'half.pem')
      await writeFile(certificate, client.certificate)
      const auth = tlsClientAuth({ certificate: { file: certificate }, key: { value: renewed.key } })
      const source = clientCredentials({
        issuer: issuer.url,
        clientId: 'billing',
        auth,
        fetch: nodeFetch({ ca: { pem: authority.certificate } }),
        sleep: async () => writeFile(certificate, renewed.certificate),
      })
      expect((await source.getToken()).reveal()).toBe('mtls-billing-renewed')
    } finally {
      issuer.close()
    }
  })

  it('presents the certificate where tokens are revoked, too', async () => {
    const issuer = await startIssuer()
    try {
      const auth = tlsClientAuth({ certificate: { value: client.certificate }, key: { value: client.key } })
      const fetch = nodeFetch({ ca: { pem: authority.certificate } })
      const source = clientCredentials({ issuer: issuer.url, clientId: 'billing', auth, fetch })
      await source.getToken()
      expect(await source.revoke()).toMatchObject([{ kind: 'access_token', revoked: true }])
      expect(issuer.asked.slice(1)).toEqual(['/mtls', '/mtls-revoke'])
    } finally {
      issuer.close()
    }
  })

  it('refuses an endpoint without TLS', async () => {
    const auth = tlsClientAuth({ certificate: { value: client.certificate }, key: { value: client.key } })
    const issuer = 'http://127.0.0.1:8180/realms/acme'
    const { fetch } = fakeFetch(() => ({ body: { issuer, token_endpoint: `${issuer}/token` } }))
    const error = await errorOf(() => clientCredentials({ issuer, clientId: 'billing', auth, fetch }).getToken())
    expect(error).toMatchObject({ code: 'TLS_NEEDED', outcome: 'usage' })
    expect(error.problem).toBe(
      `The endpoint ${issuer}/token has no TLS, so no client certificate can be presented to it.`,
    )
  })
})

describe('checkClientCertificate', () => {
  it.each([
    ['CERTIFICATE_UNREADABLE', 'canary', client.key, /It stands in the file \S+\/pair\.crt\.$/],
    ['CERTIFICATE_KEY_UNREADABLE', client.certificate, 'canary', /It stands in the file \S+\/pair\.key\.$/],
    [
      'CERTIFICATE_KEY_MISMATCH',
      client.certificate,
      renewed.key,
      /^The private key in the file \S+\/pair\.key does not belong to the client certificate .* in the file \S+\/pair\.crt\.$/,
    ],
  ])('names the file of %s', async (code, certificate, key, problem) => {
    await writeFile(join(folder, 'pair.crt'), certificate)
    await writeFile(join(folder, 'pair.key'), key)
    const auth = tlsClientAuth({ certificate: { file: 'pair.crt' }, key: { file: 'pair.key' }, baseDirectory: folder })
    const request = { clientId: 'billing', issuer: '', tokenEndpoint: '', now: Date.now }
    const error = await errorOf(() => auth.authenticate(request))
    expect(error.code).toBe(code)
    expect(error.problem).toMatch(problem)
    expect(`${error.stack}`).not.toContain('canary')
  })

  const good = { certificate: client.certificate, key: client.key }
  const year = 366 * 24 * 3600 * 1000

  it('lets a good pair through', () => {
    expect(checkClientCertificate(good, Date.now)).toBe(good)
  })

  it.each([
    [
      'CERTIFICATE_EXPIRED',
      good,
      () => Date.now() + year,
      /^The client certificate O=Acme, CN=billing \(serial number [\dA-F]+\) expired at /,
    ],
    ['CERTIFICATE_NOT_YET_VALID', good, () => Date.now() - year, /is valid from /],
    ['CERTIFICATE_KEY_MISMATCH', { ...good, key: renewed.key }, Date.now, /does not belong to the client certificate/],
    ['CERTIFICATE_UNREADABLE', { ...good, certificate: client.key }, Date.now, /is a private key;/],
    ['CERTIFICATE_UNREADABLE', { ...good, certificate: 'canary' }, Date.now, /is no certificate in PEM;/],
    ['CERTIFICATE_KEY_UNREADABLE', { ...good, key: 'canary' }, Date.now, /cannot be decoded/],
    [
      'KEY_ENCRYPTED',
      { ...good, key: '-----BEGIN ENCRYPTED PRIVATE KEY-----\ncanary' },
      Date.now,
      /no passphrase was given/,
    ],
    [
      'KEY_PASSPHRASE',
      { ...good, key: '-----BEGIN ENCRYPTED PRIVATE KEY-----\ncanary', passphrase: 'canary' },
      Date.now,
      /the passphrase that was given does not open it/,
    ],
  ])('throws %s', async (code, pair, now, problem) => {
    const error = await errorOf(() => checkClientCertificate(pair, now))
    expect(error.code).toBe(code)
    expect(error.problem).toMatch(problem)
    expect(`${error.stack}`).not.toContain('canary')
  })
})
