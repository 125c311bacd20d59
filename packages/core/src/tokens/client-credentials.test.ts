import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clientSecret } from '../authentication/client-secret.ts'
import {
  type Call,
  errorOf,
  FakeClock,
  fakeFetch,
  fakeIssuer,
  formOf,
  issuerUrl,
  type Reply,
  systemError,
} from '../test-support.ts'
import { audienceParameters } from './audience.ts'
import { type ClientCredentialsOptions, clientCredentials } from './client-credentials.ts'

const token = (value = 'opaque', expires_in = 300): Reply => ({
  body: { access_token: value, token_type: 'Bearer', expires_in },
})

function setup(
  answer: (call: Call, count: number) => Reply | Promise<Reply>,
  options: Partial<ClientCredentialsOptions> = {},
) {
  const issuer = fakeIssuer(answer)
  const clock = new FakeClock()
  const delays: number[] = []
  const warnings: string[] = []
  const source = clientCredentials({
    issuer: issuerUrl,
    clientId: 'billing',
    auth: clientSecret({ value: 'hunter2' }),
    fetch: issuer.fetch,
    now: clock.now,
    random: () => 1,
    sleep: async (time) => {
      delays.push(time)
    },
    warn: (message) => warnings.push(message),
    freshness: { monotonic: clock.now },
    ...options,
  })
  return { ...issuer, source, clock, delays, warnings }
}

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'federate-grant-'))
})
afterAll(() => rm(directory, { recursive: true }))

describe('clientCredentials', () => {
  it('discovers the issuer and asks with what it was given', async () => {
    const { source, grants, calls, clock } = setup(() => token(), {
      audience: audienceParameters('resource'),
      scope: ['base'],
      parameters: { tenant: 't' },
    })
    const got = await source.getToken({ audience: 'api://orders', scope: ['extra'] })
    expect(got.reveal()).toBe('opaque')
    expect(got.expiresAt.getTime()).toBe(clock.now() + 300_000)
    expect(calls.map(({ url }) => url)).toEqual([`${issuerUrl}/.well-known/openid-configuration`, `${issuerUrl}/token`])
    expect(grants[0]?.init.headers['authorization']).toMatch(/^Basic /)
    expect(formOf(grants[0])).toEqual({
      grant_type: 'client_credentials',
      scope: 'base extra',
      resource: 'api://orders',
      tenant: 't',
    })
  })

  it('refuses an issuer URL at once', async () => {
    expect((await errorOf(() => setup(() => token(), { issuer: `${issuerUrl}/` }))).code).toBe(
      'ISSUER_URL_TRAILING_SLASH',
    )
  })

  it('keeps tokens by audience and scope, and the discovery for ten minutes', async () => {
    const { source, grants, calls, clock } = setup((_, count) => token(`t${count}`, 3600))
    const discoveries = () => calls.filter(({ url }) => url.includes('well-known')).length
    await Promise.all([
      source.getToken({ audience: 'a' }),
      source.getToken({ audience: 'a' }),
      source.getToken({ audience: 'b' }),
    ])
    await source.getToken({ audience: 'a' })
    expect(grants).toHaveLength(2)
    expect(discoveries()).toBe(1)
    clock.forward(599)
    await source.getToken({ audience: 'a', forceRefresh: true })
    expect(discoveries()).toBe(1)
    clock.forward(2)
    await source.getToken({ audience: 'a', forceRefresh: true })
    expect(discoveries()).toBe(2)
  })

  it.each([
    ['429', (): Reply => ({ status: 429, headers: { 'retry-after': '3' } }), [3, 3]],
    ['503', (): Reply => ({ status: 503 }), [0.5, 1]],
    [
      'network errors',
      (): Reply => {
        throw systemError('ECONNRESET')
      },
      [0.5, 1],
    ],
  ])('tries again after %s', async (_, fail, expected) => {
    const { source, grants, delays } = setup((_call, count) => (count < 3 ? fail() : token()))
    expect((await source.getToken()).reveal()).toBe('opaque')
    expect(grants).toHaveLength(3)
    expect(delays).toEqual(expected)
  })

  it('gives up after three tries, and says so with the outcome unreachable', async () => {
    const { source, grants } = setup(() => ({ status: 503 }))
    const error = await errorOf(() => source.getToken())
    expect(error).toMatchObject({ code: 'ISSUER_UNAVAILABLE', outcome: 'unreachable' })
    expect(grants).toHaveLength(3)
  })

  it('does not try again with a private certificate authority', async () => {
    const { source, grants } = setup(() => {
      throw systemError('SELF_SIGNED_CERT_IN_CHAIN')
    })
    expect((await errorOf(() => source.getToken())).next).toContain('NODE_EXTRA_CA_CERTS')
    expect(grants).toHaveLength(1)
  })

  const refused: Reply = { status: 401, body: { error: 'unauthorized_client', error_description: 'Invalid client' } }

  it('never tries again with a refused client', async () => {
    const { source, grants, delays } = setup(() => refused)
    expect((await errorOf(() => source.getToken())).code).toBe('ISSUER_REFUSED_CLIENT')
    expect(grants).toHaveLength(1)
    expect(delays).toEqual([])
  })

  it('reads the secret again when it is refused: once more with a new one, not with the same', async () => {
    const file = join(directory, 'rotated')
    await writeFile(file, 'old', { mode: 0o600 })
    const good = `Basic ${Buffer.from('billing:new').toString('base64')}`
    const { source, grants } = setup(({ init }) => (init.headers['authorization'] === good ? token() : refused), {
      auth: clientSecret({ file }),
    })
    expect((await errorOf(() => source.getToken())).code).toBe('ISSUER_REFUSED_CLIENT')
    expect(grants).toHaveLength(1)
    await writeFile(file, 'new')
    expect((await source.getToken()).reveal()).toBe('opaque')
    expect(grants).toHaveLength(3)
  })

  it('has every caller try the new secret, also one whose refusal comes after another found it', async () => {
    const file = join(directory, 'rotated-under-load')
    await writeFile(file, 'old', { mode: 0o600 })
    const good = `Basic ${Buffer.from('billing:new').toString('base64')}`
    let letLateOneGo = () => {}
    const late = new Promise<void>((resolve) => {
      letLateOneGo = resolve
    })
    const { source } = setup(
      async (call) => {
        if (call.init.headers['authorization'] === good) return token()
        if (formOf(call)['scope'] === 'late') await late
        else await writeFile(file, 'new')
        return refused
      },
      { auth: clientSecret({ file }) },
    )
    const lateToken = source.getToken({ scope: ['late'] })
    await source.getToken({ scope: ['early'] })
    letLateOneGo()
    expect((await lateToken).reveal()).toBe('opaque')
  })

  it('tells of the refusal, not of the file, when the file is gone by then', async () => {
    const file = join(directory, 'removed')
    await writeFile(file, 'old', { mode: 0o600 })
    const { source } = setup(() => refused, {
      auth: { ...clientSecret({ file }), reload: () => Promise.reject(new Error('gone')) },
    })
    expect((await errorOf(() => source.getToken())).code).toBe('ISSUER_REFUSED_CLIENT')
  })

  it('reports a refused scope', async () => {
    const { source } = setup(() => ({ status: 400, body: { error: 'invalid_scope' } }), {
      audience: audienceParameters('scope'),
    })
    const error = await errorOf(() => source.getToken({ audience: 'federate-aws' }))
    expect(error).toMatchObject({ code: 'ISSUER_REFUSED_SCOPE', details: { scope: 'federate-aws' } })
  })

  it('discovers again when the token endpoint is gone', async () => {
    const clock = new FakeClock()
    let endpoint = `${issuerUrl}/token`
    const { fetch, calls } = fakeFetch(({ url }) => {
      if (url.includes('well-known')) return { body: { issuer: issuerUrl, token_endpoint: endpoint } }
      return url === endpoint ? token() : { status: 404, body: { error: 'not found' } }
    })
    const { source } = setup(() => token(), { fetch, now: clock.now })
    await source.getToken()
    endpoint = `${issuerUrl}/protocol/token`
    expect((await source.getToken({ forceRefresh: true })).reveal()).toBe('opaque')
    expect(calls.map(({ url }) => url.replace(issuerUrl, ''))).toEqual([
      '/.well-known/openid-configuration',
      '/token',
      '/token',
      '/.well-known/openid-configuration',
      '/protocol/token',
    ])
  })

  it('says that the endpoint is gone when it has not moved', async () => {
    const { source, grants } = setup(() => ({ status: 404 }))
    expect((await errorOf(() => source.getToken())).code).toBe('ISSUER_NOT_FOUND')
    expect(grants).toHaveLength(1)
  })

  it('warns once of a clock that is off', async () => {
    const clock = new FakeClock()
    const date = new Date(clock.now() + 300_000).toUTCString()
    const { source, warnings } = setup(() => ({ ...token(), headers: { date } }))
    await source.getToken()
    await source.getToken({ forceRefresh: true })
    expect(warnings).toEqual([
      "This host's clock is 5m behind the issuer's. Set the clock by NTP: tokens and assertions are refused when clocks differ.",
    ])
  })

  it('refuses an answer of more than 256 kB', async () => {
    const { source } = setup(() => token('x'.repeat(256_000)))
    expect((await errorOf(() => source.getToken())).code).toBe('ISSUER_ANSWER_TOO_LARGE')
  })

  it('ends with the reason of its only caller, and asks no further', async () => {
    const controller = new AbortController()
    const { source, grants } = setup(() => {
      controller.abort('gone')
      throw systemError('ECONNRESET')
    })
    await expect(source.getToken({ signal: controller.signal })).rejects.toBe('gone')
    expect(grants).toHaveLength(1)
  })
})
