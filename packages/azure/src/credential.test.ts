import { type Fetch, type FetchInit, Token, type TokenSource } from '@federate/core'
import { describe, expect, it } from 'vitest'
import { azureCredential } from './credential.ts'

const start = Date.parse('2026-11-21T12:00:00Z')
const tenantId = '2a585d57-a5a8-4688-a60c-9796389eae7a'
const clientId = 'bb7555b6-56fa-4fa6-bff9-f1fe38507c01'
const storage = 'https://storage.azure.com/.default'

/** A credential over an Entra that gives numbered tokens for an hour, or the refusal that the test wants. */
function credential() {
  let now = start
  let issued = 0
  let refusal: string | undefined
  const forms: URLSearchParams[] = []
  const warnings: string[] = []
  const token: TokenSource = {
    getToken: async () => {
      issued += 1
      return new Token(`assertion-${issued}`, new Date(now + 300_000))
    },
  }
  const fetch: Fetch = async (_url: string, init: FetchInit) => {
    forms.push(new URLSearchParams(init.body))
    const body =
      refusal ?? JSON.stringify({ access_token: `access-${forms.length}`, expires_in: 3600, token_type: 'Bearer' })
    return {
      status: refusal === undefined ? 200 : 401,
      headers: { get: () => null },
      body: (async function* () {
        yield new TextEncoder().encode(body)
      })(),
    }
  }
  const warn = (message: string) => warnings.push(message)
  const made = azureCredential({ token, tenantId, clientId, fetch, env: {}, now: () => now, warn })
  return {
    get: (...asked: Parameters<typeof made.getToken>) => made.getToken(...asked),
    forms,
    warnings,
    issued: () => issued,
    forward: (seconds: number) => {
      now += seconds * 1000
    },
    refuse: (code: number) => {
      const error_description = `AADSTS${code}: No. Trace ID: t Correlation ID: c`
      refusal = JSON.stringify({
        error: 'invalid_client',
        error_description,
        error_codes: [code],
        trace_id: 't',
        correlation_id: 'c',
      })
    },
  }
}

describe('azureCredential', () => {
  it('makes one exchange with one assertion for a hundred calls, and none while the token lives', async () => {
    const { get, forms, issued, forward } = credential()
    const all = await Promise.all(Array.from({ length: 100 }, () => get(storage)))
    forward(2400)
    expect(await get([storage])).toEqual({
      token: 'access-1',
      expiresOnTimestamp: start + 3_600_000,
      tokenType: 'Bearer',
    })
    expect(new Set(all.map((one) => one?.token))).toEqual(new Set(['access-1']))
    expect(forms).toHaveLength(1)
    expect(issued()).toBe(1)
    expect(Object.fromEntries(forms[0] ?? [])).toMatchObject({
      client_id: clientId,
      scope: storage,
      client_assertion: 'assertion-1',
    })
  })

  it('has a token for each scope', async () => {
    const { get, forms } = credential()
    await get(storage)
    await get('https://vault.azure.net/.default')
    expect(forms.map((form) => form.get('scope'))).toEqual([storage, 'https://vault.azure.net/.default'])
  })

  it('gets a new token for a claims challenge, says what it can handle, and keeps demanding it', async () => {
    const { get, forms, forward } = credential()
    await get(storage, { enableCae: true })
    expect(JSON.parse(forms[0]?.get('claims') ?? '')).toEqual({ access_token: { xms_cc: { values: ['cp1'] } } })
    const claims = '{"access_token":{"nbf":{"essential":true,"value":"1700000000"}}}'
    expect((await get(storage, { enableCae: true, claims }))?.token).toBe('access-2')
    const demanded = { nbf: { essential: true, value: '1700000000' }, xms_cc: { values: ['cp1'] } }
    expect(JSON.parse(forms[1]?.get('claims') ?? '')).toEqual({ access_token: demanded })
    expect((await get(storage, { enableCae: true }))?.token).toBe('access-2')
    forward(3600)
    await get(storage, { enableCae: true })
    expect(JSON.parse(forms[2]?.get('claims') ?? '')).toEqual({ access_token: demanded })
  })

  it('asks again at once after a refusal, and shows Entra’s code', async () => {
    const { get, forms, refuse } = credential()
    refuse(700016)
    await expect(get(storage)).rejects.toMatchObject({
      outcome: 'refused',
      message: expect.stringContaining('AADSTS700016'),
    })
    await expect(get(storage)).rejects.toMatchObject({ outcome: 'refused' })
    expect(forms).toHaveLength(2)
  })

  it('serves what still lives while Entra refuses, and says so', async () => {
    const { get, forward, refuse, warnings } = credential()
    await get(storage)
    refuse(700016)
    forward(3595)
    expect((await get(storage))?.token).toBe('access-1')
    expect(warnings).toEqual([expect.stringContaining('The old one is used until 2026-11-21T13:00:00.000Z')])
  })

  it('stops waiting when the caller does', async () => {
    const { get } = credential()
    const aborted = new AbortController()
    aborted.abort()
    await expect(get(storage, { abortSignal: aborted.signal })).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('has no token of another tenant', async () => {
    const { get } = credential()
    await expect(get(storage, { tenantId: tenantId.toUpperCase() })).resolves.toMatchObject({ token: 'access-1' })
    await expect(get(storage, { tenantId: clientId })).rejects.toMatchObject({
      code: 'AZURE_OTHER_TENANT',
      problem: `A token of the tenant ${clientId} was asked for, and the credential is of the tenant ${tenantId}.`,
    })
  })

  it('refuses claims that are none', async () => {
    const { get } = credential()
    await expect(get(storage, { claims: 'bm90IGRlY29kZWQ=' })).rejects.toMatchObject({ code: 'AZURE_CLAIMS' })
  })
})
