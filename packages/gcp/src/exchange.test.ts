import { inspect } from 'node:util'
import { nodeFetch, Token, type TokenRequest, type TokenSource } from '@federate/core'
import { UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type ExchangeContext, exchange, exchangeForIdToken } from './exchange.ts'
import {
  accessTokenPath,
  apiRefusal,
  federatedToken,
  type GoogleAnswer,
  GoogleServer,
  idTokenPath,
  ok,
  stsRefusal,
  tokenPath,
} from './google-server.test-kit.ts'
import { parseGcpRuntime } from './target.ts'

const now = Date.parse('2026-11-21T12:00:00Z')
const provider = 'projects/123456789/locations/global/workloadIdentityPools/on-prem/providers/keycloak'
const serviceAccount = 'billing@acme-prod.iam.gserviceaccount.com'
const direct = parseGcpRuntime({ provider, subject: 'service-account-billing' }, 'test')
const impersonating = parseGcpRuntime({ provider, serviceAccount, lifetimeSeconds: 600 }, 'test')

const google = new GoogleServer()
const waits: number[] = []
let context: ExchangeContext
beforeAll(async () => {
  const env = await google.start()
  const sleep = async (seconds: number) => {
    waits.push(seconds)
  }
  context = { env, fetch: nodeFetch(), signal: new AbortController().signal, now: () => now, sleep }
})
beforeEach(() => {
  waits.length = 0
})
afterAll(() => google.stop())

function jwt(claims: Record<string, unknown> = {}): string {
  return new UnsecuredJWT({ iss: 'https://k.example.com/realms/a', sub: 'service-account-billing', ...claims }).encode()
}

/** A source whose second token is another one, if the test wants it so. */
function source(first = jwt(), second = first): TokenSource & { requests: TokenRequest[] } {
  const requests: TokenRequest[] = []
  return {
    requests,
    getToken: async (request = {}) => {
      requests.push(request)
      return new Token(request.forceRefresh === true ? second : first, new Date(now + 300_000))
    },
  }
}

async function refused(answers: Record<string, GoogleAnswer | GoogleAnswer[]>, token = jwt(), runtime = impersonating) {
  google.answer(answers)
  try {
    await exchange(runtime, source(token), context)
  } catch (error) {
    return error
  }
  throw new Error('nothing was refused')
}

describe('exchange', () => {
  it('asks STS for the provider, by the audience, and gives the federated token', async () => {
    google.answer({ [tokenPath]: federatedToken(300) })
    const tokens = source()
    const credentials = await exchange(direct, tokens, context)
    expect(tokens.requests).toEqual([{ audience: 'sts.googleapis.com', signal: context.signal }])
    expect(Object.fromEntries(new URLSearchParams(google.calls[0]?.body))).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      audience: `//iam.googleapis.com/${provider}`,
      scope: 'https://www.googleapis.com/auth/cloud-platform',
      requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      subject_token: jwt(),
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    })
    expect(credentials.accessToken).toBe('the-federated-token')
    expect(credentials.expiresAt).toEqual(new Date(now + 300_000))
    expect(credentials.identity).toBe(
      'principal://iam.googleapis.com/projects/123456789/locations/global/workloadIdentityPools/on-prem/subject/service-account-billing',
    )
  })

  it('goes on to the service account, with its lifetime and scopes', async () => {
    const runtime = parseGcpRuntime({ provider, serviceAccount, scopes: ['https://a.example/s'] }, 'test')
    google.answer({
      [tokenPath]: federatedToken(300),
      [accessTokenPath]: ok({ accessToken: 'the-access-token', expireTime: '2026-11-21T13:00:00Z' }),
    })
    const credentials = await exchange(runtime, source(), context)
    const [first, second] = google.calls
    // generateAccessToken itself needs this one, whatever the service's own scopes are.
    expect(new URLSearchParams(first?.body).get('scope')).toBe('https://www.googleapis.com/auth/cloud-platform')
    expect(second?.path).toBe(
      '/v1/projects/-/serviceAccounts/billing%40acme-prod.iam.gserviceaccount.com:generateAccessToken',
    )
    expect(second?.headers.authorization).toBe('Bearer the-federated-token')
    expect(JSON.parse(second?.body ?? '')).toEqual({ scope: ['https://a.example/s'], lifetime: '3600s' })
    expect(credentials).toMatchObject({ accessToken: 'the-access-token', identity: serviceAccount })
    expect(credentials.expiresAt).toEqual(new Date('2026-11-21T13:00:00Z'))
  })

  it('gives ID tokens of the service account', async () => {
    google.answer({ [tokenPath]: federatedToken(300), [idTokenPath]: ok({ token: 'the-id-token' }) })
    expect(await exchangeForIdToken(impersonating, 'https://run.example.com', source(), context)).toBe('the-id-token')
    expect(JSON.parse(google.calls[1]?.body ?? '')).toEqual({ audience: 'https://run.example.com', includeEmail: true })
  })

  it('has no ID tokens without a service account', async () => {
    await expect(exchangeForIdToken(direct, 'https://run.example.com', source(), context)).rejects.toMatchObject({
      code: 'GCP_ID_TOKEN_NEEDS_SERVICE_ACCOUNT',
      outcome: 'usage',
      problem: `ID tokens are issued for service accounts only, and the target of ${provider} has none.`,
    })
  })

  it('prints nothing of what it holds', async () => {
    google.answer({ [tokenPath]: federatedToken(300) })
    const credentials = await exchange(direct, source(), context)
    const printed = `${inspect(credentials)} ${JSON.stringify(credentials)} ${credentials}`
    expect(printed).not.toContain('the-federated-token')
  })

  it('renews a token that Google finds stale, once', async () => {
    const stale = stsRefusal('invalid_grant', 'ID Token issued at 1 is stale to sign-in.')
    google.answer({ [tokenPath]: [stale, federatedToken(300)] })
    const tokens = source(jwt(), jwt({ jti: 'renewed' }))
    expect((await exchange(direct, tokens, context)).accessToken).toBe('the-federated-token')
    expect(tokens.requests.map(({ forceRefresh }) => forceRefresh)).toEqual([undefined, true])
  })

  it('waits as long as Retry-After says, and gives up after three tries', async () => {
    const busy = { status: 503, body: '', headers: { 'retry-after': '7' } }
    const error = await refused({ [tokenPath]: busy })
    expect(error).toMatchObject({
      code: 'GCP_UNREACHABLE',
      outcome: 'unreachable',
      details: { status: 503, retryAfter: 7 },
    })
    expect(google.calls).toHaveLength(3)
    expect(waits.every((seconds) => seconds >= 7)).toBe(true)
  })

  it('does not take a page of a proxy for an answer', async () => {
    const page = { status: 403, body: '<html>Log in</html>', headers: { 'content-type': 'text/html' } }
    expect(await refused({ [tokenPath]: page })).toMatchObject({
      code: 'GCP_UNREACHABLE',
      problem: 'Google STS could not be asked: HTTP 403.',
    })
  })

  it('says what an answer lacks', async () => {
    expect(await refused({ [tokenPath]: ok({ token_type: 'Bearer' }) })).toMatchObject({
      code: 'GCP_ANSWER_INCOMPLETE',
      problem: expect.stringContaining('without "access_token"'),
    })
  })
})

describe('a refused exchange', () => {
  it('is explained by STS’s words and the token', async () => {
    const words = 'The audience in ID Token [account] does not match the expected audience.'
    const thrown = await refused({ [tokenPath]: stsRefusal('invalid_grant', words) }, jwt({ aud: 'account' }))
    expect(thrown).toMatchObject({
      code: 'GCP_TOKEN_AUDIENCE',
      outcome: 'refused',
      details: { expected: 'sts.googleapis.com', actual: 'account', provider },
    })
  })

  it('looks at the issuer itself where Google has one text for everything', async () => {
    const answer = stsRefusal('invalid_grant', "Error connecting to the given credential's issuer.")
    const thrown = await refused({ [tokenPath]: answer }, jwt({ iss: 'https://keycloak.invalid/realms/a' }))
    expect(thrown).toMatchObject({
      code: 'GCP_ISSUER_NOT_CONNECTED',
      problem: expect.stringContaining('is at a private address, which Google cannot reach'),
      details: { propagating: false },
    })
  })

  it('is explained by IAM’s words and the principal', async () => {
    const words = "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist)."
    const denied = apiRefusal(403, 'PERMISSION_DENIED', words)
    const thrown = await refused({ [tokenPath]: federatedToken(300), [accessTokenPath]: denied })
    expect(thrown).toMatchObject({
      code: 'GCP_NOT_AUTHORIZED',
      outcome: 'refused',
      problem: expect.stringContaining('subject/service-account-billing'),
      details: { propagating: true, serviceAccount },
    })
  })
})
