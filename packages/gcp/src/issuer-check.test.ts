import { createServer, type Server } from 'node:http'
import { nodeFetch } from '@federate/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { whyNotConnected } from './issuer-check.ts'

const rsa = { kty: 'RSA', kid: 'k1', n: 'AQAB', e: 'AQAB' }
let server: Server
let origin = ''
/** What the issuer's two documents are; a text is sent as it is. */
let documents: Record<string, unknown> = {}

beforeAll(async () => {
  server = createServer((request, response) => {
    const document = documents[request.url ?? '']
    response.writeHead(document === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(typeof document === 'string' ? document : JSON.stringify(document ?? {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  origin = `http://127.0.0.1:${address.port}`
})

afterAll(async () => {
  await new Promise((resolve) => server.close(resolve))
})

const fetch = nodeFetch()

function published(keys: unknown, change: object = {}): void {
  documents = {
    '/.well-known/openid-configuration': {
      issuer: origin,
      token_endpoint: `${origin}/token`,
      jwks_uri: `${origin}/keys`,
      ...change,
    },
    '/keys': keys,
  }
}

function lookAt(header: object = {}, issuer = origin) {
  return whyNotConnected({ fetch, token: { header: { alg: 'RS256', kid: 'k1', ...header }, claims: { iss: issuer } } })
}

describe('behind "Error connecting to the given credential’s issuer"', () => {
  it('nothing is found where the key is published', async () => {
    published({ keys: [rsa] })
    expect(await lookAt()).toBeUndefined()
  })

  it('is a key that the issuer does not publish', async () => {
    published({ keys: [{ ...rsa, kid: 'new' }] })
    expect(await lookAt()).toMatchObject({
      because: `The keys at ${origin}/keys lack the one that the token names.`,
      expected: 'new (RSA)',
      actual: 'kid k1, RS256',
    })
  })

  it('is a key of another kind', async () => {
    published({ keys: [rsa] })
    expect(await lookAt({ alg: 'ES256' })).toMatchObject({ because: expect.stringContaining('of another kind') })
  })

  it('is a document that is no JWKS, or none', async () => {
    published('<html>')
    expect(await lookAt()).toMatchObject({ because: `The keys at ${origin}/keys are no JWKS.` })
    published(undefined)
    expect(await lookAt()).toMatchObject({ because: `${origin}/keys answered with status 404.` })
    published({ keys: [] }, { jwks_uri: undefined })
    expect(await lookAt()).toMatchObject({ because: expect.stringContaining('names no jwks_uri') })
  })

  it('is a discovery document of another issuer', async () => {
    published({ keys: [rsa] }, { issuer: 'https://other.example.com' })
    expect(await lookAt()).toMatchObject({ because: expect.stringContaining('https://other.example.com') })
  })

  it('is an issuer at a private address, reachable from here or not', async () => {
    expect(await lookAt({}, 'https://keycloak.invalid/realms/prod')).toMatchObject({
      because: 'https://keycloak.invalid/realms/prod is at a private address, which Google cannot reach.',
      next: expect.stringContaining('federate setup gcp'),
    })
  })

  it('is an uploaded key that is old', async () => {
    const uploadedKeys = JSON.stringify({ keys: [{ ...rsa, kid: 'old' }] })
    const token = { header: { alg: 'RS256', kid: 'k1' }, claims: { iss: origin } }
    expect(await whyNotConnected({ fetch, token, uploadedKeys })).toMatchObject({
      because: 'The keys uploaded to the provider lack the one that the token names.',
      next: 'Run `federate setup gcp`, which uploads the present keys of the issuer.',
    })
  })

  it('is not looked for without an issuer', async () => {
    expect(await whyNotConnected({ fetch, token: { header: {}, claims: {} } })).toBeUndefined()
    expect(await whyNotConnected({ fetch, token: { header: {}, claims: { iss: 'prod' } } })).toBeUndefined()
  })
})
