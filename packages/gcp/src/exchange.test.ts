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
    expect(error).toMatchObject({ code: 'GCP_UNAVAILABLE', outcome: 'unreachable', details: { status: 503 } })
    expect(google.calls).toHaveLength(3)
    expect(waits.every((seconds) => seconds >= 7)).toBe(true)
  })

  it('does not take a page of a proxy for an answer', async () => {
    const page = { status: 403, body: '<html>Log in</html>', headers: { 'content-type': 'text/html' } }
    expect(await refused({ [tokenPath]: page })).toMatchObject({
      code: 'GCP_UNAVAILABLE',
      problem: expect.stringMatching(/answered with status 403, and not as Google does\.$/),
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
  const noRole = "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist)."
  const expired = { iat: now / 1000 - 600, exp: now / 1000 - 300 }
  it.each([
    [
      'invalid_target',
      'The target service indicated by the "audience" parameters is invalid.',
      'GCP_TARGET_NOT_FOUND',
      'does not exist, is disabled, or is deleted',
      {},
    ],
    ['invalid_request', 'Invalid value for "audience".', 'GCP_AUDIENCE_PARAMETER', 'is not the name of a provider', {}],
    [
      'invalid_grant',
      'The audience in ID Token [account] does not match the expected audience.',
      'GCP_AUDIENCE_MISMATCH',
      'not among the audiences',
      { aud: 'account' },
    ],
    [
      'invalid_grant',
      'The issuer in ID Token https://a does not match the expected one in config: https://b.',
      'GCP_ISSUER_MISMATCH',
      'for another issuer',
      {},
    ],
    ['invalid_grant', "Error connecting to the given credential's issuer.", 'GCP_ISSUER_KEYS', 'signed by none', {}],
    ['invalid_grant', 'Unable to verify the ID Token signature.', 'GCP_SIGNATURE', 'did not make this signature', {}],
    ['invalid_grant', 'Unable to parse the ID Token.', 'GCP_TOKEN_NOT_A_JWT', 'not a signed JWT', {}],
    ['invalid_grant', 'ID Token issued at 1 is stale to sign-in.', 'GCP_TOKEN_TIME', 'it has expired', expired],
    ['invalid_grant', 'ID Token issued at null is stale to sign-in.', 'GCP_TOKEN_TIME', 'has no "iat"', { exp: 1 }],
    [
      'unauthorized_client',
      'The given credential is rejected by the attribute condition.',
      'GCP_CONDITION_REFUSED',
      'attribute condition is not true',
      {},
    ],
    [
      'unauthorized_client',
      'Could not obtain a value for google.subject from the given credential.',
      'GCP_SUBJECT_MISSING',
      'does not have',
      {},
    ],
    [
      'unauthorized_client',
      "The mapped attribute 'google.subject' must be of type STRING.",
      'GCP_MAPPING_TYPE',
      'another type',
      {},
    ],
    [
      'invalid_request',
      'The size of mapped attribute google.subject exceeds the 127 bytes limit.',
      'GCP_SUBJECT_TOO_LONG',
      'too long',
      {},
    ],
    ['quota_exceeded', 'Token exchange quota exceeded.', 'GCP_THROTTLED', 'Too many exchanges', {}],
    ['something_new', 'Nobody knows.', 'GCP_REFUSED', 'something_new: Nobody knows.', {}],
  ])('by STS: %s %s', async (error, description, code, because, claims) => {
    const thrown = await refused({ [tokenPath]: stsRefusal(error, description) }, jwt(claims))
    expect(thrown).toMatchObject({ code, outcome: 'refused', details: { googleCode: error, provider } })
    expect(thrown).toMatchObject({ problem: expect.stringContaining(because) })
    expect(thrown).toMatchObject({ problem: expect.stringContaining(`${error}: ${description.replace(/\.$/, '')}`) })
  })

  it.each([
    [403, 'PERMISSION_DENIED', noRole, 'GCP_IMPERSONATION_DENIED', `may not act as ${serviceAccount}`],
    [
      403,
      'PERMISSION_DENIED',
      'IAM Service Account Credentials API has not been used in project 1 before or it is disabled.',
      'GCP_API_DISABLED',
      'is not enabled',
    ],
    [404, 'NOT_FOUND', 'Unknown service account', 'GCP_SERVICE_ACCOUNT_NOT_FOUND', 'There is no service account'],
    [
      400,
      'INVALID_ARGUMENT',
      'The access token lifetime cannot exceed 1 hour.',
      'GCP_LIFETIME_TOO_LONG',
      'More than an hour',
    ],
  ])('by IAM: %i %s %s', async (status, googleCode, message, code, because) => {
    const answers = { [tokenPath]: federatedToken(300), [accessTokenPath]: apiRefusal(status, googleCode, message) }
    const thrown = await refused(answers)
    expect(thrown).toMatchObject({ code, outcome: 'refused', details: { status, googleCode } })
    expect(thrown).toMatchObject({ problem: expect.stringContaining(because) })
  })

  it('names the command that enables the API', async () => {
    const disabled = apiRefusal(
      403,
      'PERMISSION_DENIED',
      'API has not been used in project 1 before or it is disabled.',
    )
    expect(await refused({ [tokenPath]: federatedToken(300), [accessTokenPath]: disabled })).toMatchObject({
      next: 'Run `gcloud services enable iamcredentials.googleapis.com --project acme-prod`.',
    })
  })
})
