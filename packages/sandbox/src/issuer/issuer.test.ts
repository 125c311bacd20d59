import { X509Certificate } from 'node:crypto'
import { apiScope } from '@federate/keycloak'
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { createIssuer, type Issuer } from './issuer.ts'
import type { IssuerAnswer, IssuerRequest } from './message.ts'
import type { ClientDefinition, RealmDefinition } from './realm.ts'
import type { RealmControl } from './realm-control.ts'

const billing: ClientDefinition = {
  clientId: 'billing',
  secret: 'only-for-tests',
  defaultScopes: ['basic'],
  optionalScopes: ['api://orders'],
  claims: {},
  accessTokenLifespan: 300,
}
const acme: RealmDefinition = { name: 'acme', clients: [billing], scopes: [apiScope('api://orders')] }
const started = Date.parse('2026-11-20T12:00:00Z')

async function start(): Promise<{ issuer: Issuer; realm: RealmControl }> {
  const issuer = await createIssuer({
    url: 'http://127.0.0.1:8180',
    realms: [acme, { ...acme, name: 'other' }],
    now: () => started,
  })
  const realm = issuer.realm('acme')
  if (realm === undefined) throw new Error('the realm is missing')
  return { issuer, realm }
}

function request(method: string, path: string, form: Record<string, string> = {}): IssuerRequest {
  const body = new URLSearchParams(form).toString()
  return { method, path, contentType: 'application/x-www-form-urlencoded', body }
}

function grant(issuer: Issuer): Promise<IssuerAnswer> {
  const client = { client_id: 'billing', client_secret: 'only-for-tests' }
  const form = { grant_type: 'client_credentials', scope: 'api://orders', ...client }
  return issuer.answer(request('POST', '/realms/acme/protocol/openid-connect/token', form))
}

async function accessToken(issuer: Issuer): Promise<string> {
  return JSON.parse((await grant(issuer)).body).access_token
}

async function jwks(issuer: Issuer): Promise<JSONWebKeySet> {
  return JSON.parse((await issuer.answer(request('GET', '/realms/acme/protocol/openid-connect/certs'))).body)
}

describe('keys', () => {
  it('have certificates that hold for them', async () => {
    const { issuer } = await start()
    for (const key of (await jwks(issuer)).keys) {
      const certificate = new X509Certificate(Buffer.from(key.x5c?.[0] ?? '', 'base64'))
      expect(certificate.subject).toBe('CN=acme')
      expect(certificate.verify(certificate.publicKey)).toBe(true)
      expect(certificate.publicKey.export({ format: 'jwk' })).toMatchObject({ n: key.n, e: key.e })
      expect(new Date(certificate.validTo).getUTCFullYear()).toBe(2036)
    }
  })

  it('are kept for verification when they rotate', async () => {
    const { issuer } = await start()
    const before = await accessToken(issuer)
    const answer = await issuer.answer(request('POST', '/realms/acme/sandbox/rotate-keys'))
    expect(answer).toMatchObject({ status: 200, body: '{"keys":3}' })
    const keys = createLocalJWKSet(await jwks(issuer))
    const currentDate = new Date(started)
    await expect(jwtVerify(before, keys, { currentDate })).resolves.toBeDefined()
    await expect(jwtVerify(await accessToken(issuer), keys, { currentDate })).resolves.toBeDefined()
  })

  it('are gone when they are not kept, and the other realm has its own', async () => {
    const { issuer, realm } = await start()
    const before = await accessToken(issuer)
    await realm.rotateKeys({ keepPrevious: false })
    await expect(jwtVerify(before, createLocalJWKSet(await jwks(issuer)))).rejects.toMatchObject({
      code: 'ERR_JWKS_NO_MATCHING_KEY',
    })
    expect(issuer.realm('other')?.keyCount).toBe(2)
  })

  it('rotate by POST only', async () => {
    const { issuer } = await start()
    expect(await issuer.answer(request('GET', '/realms/acme/sandbox/rotate-keys'))).toMatchObject({ status: 405 })
  })
})

describe('what tests can set', () => {
  it('the clock', async () => {
    const { issuer, realm } = await start()
    realm.setClockOffset(-300)
    expect(decodeJwt(await accessToken(issuer))).toMatchObject({ iat: started / 1000 - 300, exp: started / 1000 })
  })

  it('faults, for one endpoint and a number of requests', async () => {
    const { issuer, realm } = await start()
    realm.failNext({ endpoint: 'token', status: 429, retryAfter: 7, times: 2 })
    realm.failNext({ endpoint: 'token', status: 200, html: true })
    expect((await jwks(issuer)).keys).toHaveLength(2)
    const answers = [await grant(issuer), await grant(issuer), await grant(issuer), await grant(issuer)]
    expect(answers.map((answer) => answer.status)).toEqual([429, 429, 200, 200])
    expect(answers[0]?.headers['retry-after']).toBe('7')
    expect(answers[2]?.headers['content-type']).toContain('text/html')
    expect(answers[3]?.headers['content-type']).toBe('application/json')
    expect([realm.requests('token'), realm.requests('keys'), realm.requests('discovery')]).toEqual([4, 1, 0])
  })

  it('faults can be taken back', async () => {
    const { issuer, realm } = await start()
    realm.failNext({ status: 503, times: 9 })
    realm.clearFaults()
    expect((await grant(issuer)).status).toBe(200)
  })
})

describe('service accounts', () => {
  it('have the same UUID at every start, and another one in every realm', async () => {
    const [one, two] = [await start(), await start()]
    const subjects = [await accessToken(one.issuer), await accessToken(two.issuer)].map((token) => decodeJwt(token).sub)
    expect(subjects[0]).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
    expect(subjects[1]).toBe(subjects[0])
    const other = await one.issuer.realm('other')?.signToken(billing, ['basic'])
    expect(decodeJwt(other ?? '').sub).not.toBe(subjects[0])
  })
})

describe('a realm that Keycloak would not hold', () => {
  it.each([
    [
      'clients that differ by case alone',
      { ...acme, clients: [billing, { ...billing, clientId: 'Billing' }] },
      '"billing"',
    ],
    ['a scope twice', { ...acme, scopes: [...acme.scopes, ...acme.scopes] }, '"api://orders"'],
    ['a scope that is missing', { ...acme, scopes: [] }, 'basic'],
    [
      'a trusted issuer that is missing',
      { ...acme, clients: [{ ...billing, federated: { trustedIssuer: 'workloads', subject: 'one' } }] },
      'workloads',
    ],
  ])('%s: is refused', async (_name, realm, named) => {
    await expect(createIssuer({ url: 'http://127.0.0.1:8180', realms: [realm] })).rejects.toMatchObject({
      code: 'SANDBOX_REALM_INVALID',
      problem: expect.stringContaining(named),
    })
  })
})

describe('sessions', () => {
  const refreshing: ClientDefinition = { ...billing, useRefreshToken: true }

  async function startRefreshing() {
    const issuer = await createIssuer({
      url: 'http://127.0.0.1:8180',
      realms: [{ ...acme, clients: [refreshing] }],
      now: () => started,
    })
    const realm = issuer.realm('acme')
    if (realm === undefined) throw new Error('the realm is missing')
    const client = { client_id: 'billing', client_secret: 'only-for-tests' }
    const post = async (endpoint: string, form: Record<string, string>) => {
      const path = `/realms/acme/protocol/openid-connect/${endpoint}`
      const answer = await issuer.answer(request('POST', path, { ...client, ...form }))
      return { status: answer.status, body: answer.body === '' ? {} : JSON.parse(answer.body) }
    }
    const refresh = (token: string) => post('token', { grant_type: 'refresh_token', refresh_token: token })
    const { body: first } = await post('token', { grant_type: 'client_credentials' })
    return { issuer, realm, post, refresh, first }
  }

  it('end when they are not used for 30 minutes', async () => {
    const { realm, post, refresh, first } = await startRefreshing()
    realm.setClockOffset(1_799)
    const { body: second } = await refresh(first.refresh_token)
    expect(second).toMatchObject({ refresh_expires_in: 1_800, session_state: first.session_state })
    realm.setClockOffset(1_800)
    const over = { status: 400, body: { error: 'invalid_grant', error_description: 'Token is not active' } }
    expect(await refresh(first.refresh_token)).toMatchObject(over)
    realm.setClockOffset(1_799 + 1_800)
    expect(await refresh(second.refresh_token)).toMatchObject(over)
    const invalid = { status: 200, body: { error: 'invalid_token', error_description: 'Invalid token' } }
    expect(await post('revoke', { token: second.refresh_token })).toMatchObject(invalid)
    expect(await post('revoke', { token: second.access_token })).toMatchObject(invalid)
    expect(await post('logout', { refresh_token: second.refresh_token })).toMatchObject({ status: 204 })
  })

  it('end after ten hours however often they are used, and so do their tokens', async () => {
    const { realm, refresh, first } = await startRefreshing()
    let token = first.refresh_token
    for (let used = 1_700; used < 35_900; used += 1_700) {
      realm.setClockOffset(used)
      token = (await refresh(token)).body.refresh_token
    }
    realm.setClockOffset(35_900)
    const { body } = await refresh(token)
    expect(body).toMatchObject({ expires_in: 100, refresh_expires_in: 100 })
    realm.setClockOffset(36_000)
    expect(await refresh(body.refresh_token)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'Token is not active' },
    })
  })

  it('are known to their own realm alone, also after its keys have rotated', async () => {
    const { realm, refresh, first } = await startRefreshing()
    const other = await startRefreshing()
    await realm.rotateKeys({ keepPrevious: false })
    expect((await refresh(first.refresh_token)).status).toBe(200)
    expect(await other.refresh(first.refresh_token)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'Invalid refresh token' },
    })
  })

  it('are ended by a refresh token in a POST only: there is no page for people', async () => {
    const { issuer, post } = await startRefreshing()
    const page = await issuer.answer(request('GET', '/realms/acme/protocol/openid-connect/logout'))
    expect(page.status).toBe(405)
    expect(await post('logout', {})).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
  })
})
