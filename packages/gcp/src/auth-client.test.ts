import { createServer } from 'node:http'
import { nodeFetch, Token, type TokenSource } from '@federate/core'
import { IdTokenClient } from 'google-auth-library'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type GcpAuthClientOptions, gcpAuthClient } from './auth-client.ts'
import { federatedToken, GoogleServer, idTokenPath, ok, stsRefusal, tokenPath } from './google-server.test-kit.ts'

const start = Date.parse('2026-11-21T12:00:00Z')
const provider = 'projects/123456789/locations/global/workloadIdentityPools/on-prem/providers/keycloak'
const google = new GoogleServer()
let env: Record<string, string>
let now = start
let issued = 0
const token: TokenSource = {
  getToken: async () => {
    issued += 1
    return new Token(`token-${issued}`, new Date(now + 300_000))
  },
}

/** An API that answers with these statuses, one for each call, and keeps what it was sent. */
const authorizations: (string | undefined)[] = []
let statuses: number[] = []
const api = createServer((request, response) => {
  authorizations.push(request.headers.authorization)
  response.writeHead(statuses.shift() ?? 200, { 'content-type': 'application/json' }).end('{}')
})
let apiUrl = ''

beforeAll(async () => {
  env = await google.start()
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve))
  const address = api.address()
  apiUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`
})
beforeEach(() => {
  now = start
  issued = 0
  statuses = []
  authorizations.length = 0
})
afterAll(async () => {
  await google.stop()
  api.close()
})

function client(options: Partial<GcpAuthClientOptions> = {}) {
  return gcpAuthClient({ token, provider, env, fetch: nodeFetch(), now: () => now, ...options })
}

describe('gcpAuthClient', () => {
  it('makes one exchange for a hundred parallel calls, also for five-minute tokens, and none while they live', async () => {
    google.answer({ [tokenPath]: federatedToken(300) })
    const auth = client()
    await Promise.all(Array.from({ length: 100 }, () => auth.request({ url: apiUrl })))
    now += 200_000
    await auth.request({ url: apiUrl })
    expect(new Set(authorizations)).toEqual(new Set(['Bearer the-federated-token']))
    expect(authorizations).toHaveLength(101)
    expect(google.calls).toHaveLength(1)
    expect(issued).toBe(1)
  })

  it('tries once more with a new token when an API answers 401', async () => {
    google.answer({ [tokenPath]: [federatedToken(300, 'first'), federatedToken(300, 'second')] })
    statuses = [401]
    await client().request({ url: apiUrl })
    expect(authorizations).toEqual(['Bearer first', 'Bearer second'])
  })

  it('tells those who listen, as the library does', async () => {
    google.answer({ [tokenPath]: federatedToken(300) })
    const auth = client()
    const heard: unknown[] = []
    auth.on('tokens', (tokens) => heard.push(tokens))
    await auth.getAccessToken()
    const tokens = { access_token: 'the-federated-token', expiry_date: start + 300_000, token_type: 'Bearer' }
    expect(heard).toEqual([tokens])
    expect(auth.credentials).toEqual(tokens)
  })

  it('gives ID tokens to the library’s own client for them', async () => {
    const payload = Buffer.from(JSON.stringify({ exp: start / 1000 + 3600 })).toString('base64url')
    google.answer({ [tokenPath]: federatedToken(300), [idTokenPath]: ok({ token: `e30.${payload}.x` }) })
    const auth = client({ serviceAccount: 'billing@acme-prod.iam.gserviceaccount.com' })
    const idTokens = new IdTokenClient({ targetAudience: 'https://run.example.com', idTokenProvider: auth })
    await idTokens.request({ url: apiUrl })
    expect(authorizations).toEqual([`Bearer e30.${payload}.x`])
  })

  it('rejects with what Google said, and why', async () => {
    google.answer({ [tokenPath]: stsRefusal('invalid_target', 'The target service is invalid.') })
    await expect(client().request({ url: apiUrl })).rejects.toMatchObject({ code: 'GCP_NO_PROVIDER' })
  })

  it('serves what still lives while STS refuses, and says so', async () => {
    google.answer({ [tokenPath]: federatedToken(3600) })
    const warnings: string[] = []
    const auth = client({ warn: (message) => warnings.push(message) })
    await auth.getAccessToken()
    google.answer({ [tokenPath]: stsRefusal('invalid_target', 'The target service is invalid.') })
    now += 3_595_000
    expect((await auth.getAccessToken()).token).toBe('the-federated-token')
    expect(warnings).toEqual([expect.stringContaining('The old one is used until 2026-11-21T13:00:00.000Z')])
  })
})
