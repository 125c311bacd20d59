import type { CallContext, Fetch } from '@federate/core'
import { describe, expect, it } from 'vitest'
import { AdminApi } from './api.ts'

const signal = new AbortController().signal
const place = { base: 'https://keycloak.example.com', realm: 'acme' }

/** A Keycloak that answers its Admin API with these statuses, one after the other, the last one for ever. */
function apiThatAnswers(...statuses: number[]) {
  const asked: string[] = []
  const fetch: Fetch = async (url, { method }) => {
    const login = url.endsWith('/token')
    if (!login) asked.push(`${method} ${new URL(url).pathname}`)
    const body = login ? { access_token: 'token', expires_in: 60 } : { error: 'unknown_error' }
    const bytes = new TextEncoder().encode(JSON.stringify(body))
    return {
      status: login ? 200 : (statuses[asked.length - 1] ?? statuses.at(-1) ?? 200),
      headers: { get: () => 'application/json' },
      body: (async function* () {
        yield bytes
      })(),
    }
  }
  const env = { FEDERATE_KEYCLOAK_USERNAME: 'admin', FEDERATE_KEYCLOAK_PASSWORD: 'only-for-tests' }
  const context: CallContext = { signal, now: () => 0, fetch, env, warn: () => {} }
  return { api: new AdminApi(place, context, async () => {}), asked }
}

describe('AdminApi', () => {
  it.each([500, 503, 429])('reads again when the server stumbles with %d', async (status) => {
    const { api, asked } = apiThatAnswers(status, status, 200)
    expect(await api.get('/clients', signal)).toEqual({ error: 'unknown_error' })
    expect(asked).toEqual(Array(3).fill('GET /admin/realms/acme/clients'))
  })

  it('gives up reading after three tries', async () => {
    const { api, asked } = apiThatAnswers(500)
    await expect(api.find('/clients/1', signal)).rejects.toMatchObject({
      code: 'KEYCLOAK_UNAVAILABLE',
      problem: 'GET https://keycloak.example.com/admin/realms/acme/clients/1 answered 500: unknown_error.',
    })
    expect(asked).toHaveLength(3)
  })

  it.each([
    ['a creation', (api: AdminApi) => api.create('/clients', {}, signal)],
    ['a change', (api: AdminApi) => api.put('/clients/1', {}, signal)],
    ['a deletion', (api: AdminApi) => api.delete('/clients/1', undefined, signal)],
  ])('never repeats %s by itself: it may have been done', async (_, write) => {
    const { api, asked } = apiThatAnswers(500)
    await expect(write(api)).rejects.toMatchObject({ code: 'KEYCLOAK_UNAVAILABLE' })
    expect(asked).toHaveLength(1)
  })

  it('takes what is not there for an answer only where something may be missing', async () => {
    const { api, asked } = apiThatAnswers(404)
    expect(await api.find('/clients/1', signal)).toBeUndefined()
    await api.delete('/clients/1', undefined, signal)
    await expect(api.find('', signal)).rejects.toMatchObject({ code: 'KEYCLOAK_REALM_MISSING' })
    expect(asked).toHaveLength(3)
  })
})
