import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { clientSecret } from '../authentication/client-secret.ts'
import { type Call, errorOf, FakeClock, fakeFetch, formOf, issuerUrl, type Reply, signedJwt } from '../test-support.ts'
import { type ClientCredentialsOptions, clientCredentials } from './client-credentials.ts'

const logout = `${issuerUrl}/protocol/openid-connect/logout`

/** An issuer whose answers come with refresh tokens. */
function setup(
  answer: (form: Record<string, string>, call: Call) => Reply | undefined,
  metadata: Record<string, unknown> = { revocation_endpoint: `${issuerUrl}/revoke`, end_session_endpoint: logout },
  options: Partial<ClientCredentialsOptions> = {},
) {
  const clock = new FakeClock()
  const asked: string[] = []
  let count = 0
  const { fetch, calls } = fakeFetch((call) => {
    if (call.url.endsWith('/.well-known/openid-configuration')) {
      return { body: { issuer: issuerUrl, token_endpoint: `${issuerUrl}/token`, ...metadata } }
    }
    const form = formOf(call)
    asked.push(form['grant_type'] ?? `${call.url.split('/').at(-1)} ${form['token'] ?? form['refresh_token']}`)
    const special = answer(form, call)
    if (special !== undefined) return special
    count += 1
    const body = { access_token: `access-${count}`, token_type: 'Bearer', expires_in: 300 }
    return { body: { ...body, refresh_token: `canary-refresh-${count}`, refresh_expires_in: 1000 } }
  })
  const source = clientCredentials({
    issuer: issuerUrl,
    clientId: 'billing',
    auth: clientSecret({ value: 'canary-secret' }),
    fetch,
    now: clock.now,
    random: () => 0,
    sleep: async () => {},
    freshness: { monotonic: clock.now },
    ...options,
  })
  const fresh = async () => (await source.getToken({ forceRefresh: true })).reveal()
  return { source, fresh, asked, calls, clock }
}

describe('a refresh token', () => {
  it('is used while it lives, each time the newest, with the same proof; then the grant comes again', async () => {
    const { fresh, asked, calls, clock } = setup(() => undefined)
    expect(await fresh()).toBe('access-1')
    expect(await fresh()).toBe('access-2')
    expect(await fresh()).toBe('access-3')
    clock.forward(991)
    expect(await fresh()).toBe('access-4')
    expect(asked).toEqual(['client_credentials', 'refresh_token', 'refresh_token', 'client_credentials'])
    const third = calls.filter(({ url }) => url.endsWith('/token'))[2]
    expect(formOf(third)).toEqual({ grant_type: 'refresh_token', refresh_token: 'canary-refresh-2' })
    expect(third?.init.headers['authorization']).toMatch(/^Basic /)
  })

  it('is one per audience and scope', async () => {
    const { source, asked } = setup(() => undefined)
    await source.getToken({ scope: ['a'] })
    await source.getToken({ scope: ['b'] })
    await source.getToken({ scope: ['a'], forceRefresh: true })
    expect(asked).toEqual(['client_credentials', 'client_credentials', 'refresh_token'])
  })

  it.each(['invalid_grant', 'invalid_scope'])(
    'that is refused by %s makes room for the grant at once',
    async (error) => {
      const { fresh, asked } = setup((form) => {
        return form['grant_type'] === 'refresh_token' ? { status: 400, body: { error } } : undefined
      })
      await fresh()
      expect(await fresh()).toBe('access-2')
      expect(asked).toEqual(['client_credentials', 'refresh_token', 'client_credentials'])
    },
  )

  it('is kept when the issuer is only busy, and never shown', async () => {
    let busy = false
    const { fresh, source, asked } = setup((form) => {
      if (!busy) return undefined
      return { status: 503, body: form['refresh_token'] ?? '' }
    })
    await fresh()
    busy = true
    const error = await errorOf(fresh)
    expect(error.code).toBe('ISSUER_UNAVAILABLE')
    busy = false
    await fresh()
    expect(asked).toEqual(['client_credentials', 'refresh_token', 'refresh_token', 'refresh_token', 'refresh_token'])
    expect(`${inspect(source, { depth: null, showHidden: true })}${inspect(error, { depth: null })}`).not.toContain(
      'canary',
    )
  })

  it('is not repeated from the words of a refusal of the client', async () => {
    let refuse = false
    const { fresh } = setup((form) => {
      const body = { error: 'invalid_client', error_description: `no ${form['refresh_token']}` }
      return refuse ? { status: 401, body } : undefined
    })
    await fresh()
    refuse = true
    const error = await errorOf(fresh)
    expect(error.code).toBe('ISSUER_REFUSED_CLIENT')
    expect(`${error.stack}${JSON.stringify(error)}`).not.toContain('canary')
  })

  it.each([0, -1, 'x', 1e12])('whose refresh_expires_in is %s is tried until it is refused', async (lifetime) => {
    const body = {
      access_token: 'a',
      token_type: 'Bearer',
      expires_in: 300,
      refresh_token: 'r',
      refresh_expires_in: lifetime,
    }
    const { fresh, asked, clock } = setup(() => ({ body }))
    await fresh()
    clock.forward(1_000_000)
    await fresh()
    expect(asked).toEqual(['client_credentials', 'refresh_token'])
  })
})

describe('revoke', () => {
  const done = (form: Record<string, string>, { url }: Call): Reply | undefined => {
    if (url === logout) return { status: 204 }
    return url.endsWith('/revoke') && form['token'] !== undefined ? { body: '' } : undefined
  }

  it('ends sessions by logout and revokes tokens, and hands neither out again', async () => {
    const { source, asked, calls } = setup(done)
    const first = await source.getToken({ audience: 'a' })
    const results = await source.revoke()
    expect(results).toEqual([
      {
        kind: 'refresh_token',
        revoked: true,
        detail: 'The session behind it was ended.',
        fingerprint: expect.stringMatching(/^[\da-f]{16}$/),
        expiresAt: expect.any(Date),
      },
      {
        kind: 'access_token',
        revoked: true,
        detail: 'The issuer revoked it.',
        fingerprint: first.fingerprint,
        expiresAt: first.expiresAt,
      },
    ])
    expect(formOf(calls.at(-1))).toEqual({ token: 'access-1', token_type_hint: 'access_token' })
    expect(calls.at(-1)?.init.headers['authorization']).toMatch(/^Basic /)
    expect((await source.getToken({ audience: 'a' })).reveal()).toBe('access-2')
    expect(asked).toEqual(['client_credentials', 'logout canary-refresh-1', 'revoke access-1', 'client_credentials'])
    expect(JSON.stringify(results)).not.toContain('canary')
  })

  it('revokes a refresh token where the issuer is not Keycloak', async () => {
    const { source, asked } = setup(done, { revocation_endpoint: `${issuerUrl}/revoke` })
    await source.getToken()
    expect((await source.revoke()).map(({ revoked }) => revoked)).toEqual([true, true])
    expect(asked.slice(1)).toEqual(['revoke canary-refresh-1', 'revoke access-1'])
  })

  it.each([
    ['Unmatching clients', { status: 400, body: { error: 'invalid_token', error_description: 'Unmatching clients' } }],
    ['Invalid token', { status: 200, body: { error: 'invalid_token', error_description: 'Invalid token' } }],
  ])('says that a token for a cloud cannot be revoked (%s)', async (words, reply) => {
    const { source } = setup((_, { url }) => (url === logout || url.endsWith('/revoke') ? reply : undefined))
    const token = await source.getToken()
    const result = (await source.revoke()).at(-1)
    expect(result).toMatchObject({ kind: 'access_token', revoked: false })
    expect(result?.detail).toBe(
      `${issuerUrl}/revoke did not revoke it: invalid_token, ${words} (status ${reply.status}). Tokens for clouds, whose azp or sub is set by a scope, cannot be revoked. It lives until ${token.expiresAt.toISOString()}.`,
    )
  })

  it('knows that a token ended with its session', async () => {
    const refresh = await signedJwt({ sid: 'session-1' })
    const access = await signedJwt({ sid: 'session-1', exp: Date.parse('2026-11-20T12:05:00Z') / 1000 })
    const body = { access_token: access, token_type: 'Bearer', expires_in: 300, refresh_token: refresh }
    const { source, asked } = setup((_, { url }) => (url === logout ? { status: 204 } : { body }))
    await source.getToken()
    expect((await source.revoke()).at(-1)).toMatchObject({ revoked: true, detail: 'It ended with its session.' })
    expect(asked).toHaveLength(2)
  })

  it('repeats no token from the words of a refusal', async () => {
    const { source } = setup((form, { url }) => {
      if (url.endsWith('/token')) return undefined
      const description = `${form['token']} ${form['refresh_token']} canary-secret`
      return { status: 400, body: { error: 'invalid_request', error_description: description } }
    })
    await source.getToken()
    const [session, token] = await source.revoke()
    expect(session?.detail).toContain('did not end the session: invalid_request, undefined [redacted] [redacted]')
    expect(token?.detail).toContain('did not revoke it: invalid_request, [redacted] undefined [redacted]')
  })

  it('says that an issuer revokes nothing', async () => {
    const { source } = setup(() => undefined, {})
    await source.getToken()
    const results = await source.revoke()
    expect(results.every(({ revoked }) => !revoked)).toBe(true)
    expect(results[0]?.detail).toContain(
      `${issuerUrl} has no revocation endpoint, so its tokens cannot be revoked. It lives until`,
    )
  })

  it('goes on where one cannot be reached, and does nothing where nothing is held', async () => {
    const { source } = setup((_, { url }) => {
      if (url === logout) throw Object.assign(new Error('reset'), { code: 'ECONNRESET' })
      return url.endsWith('/revoke') ? { body: '' } : undefined
    })
    expect(await source.revoke()).toEqual([])
    await source.getToken()
    const [session, token] = await source.revoke()
    expect(session).toMatchObject({ revoked: false, detail: expect.stringContaining('cannot be reached') })
    expect(token).toMatchObject({ revoked: true })
  })
})
