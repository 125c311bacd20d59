import type { Fetch } from '@federate/core'
import { describe, expect, it } from 'vitest'
import { AdminSession } from './session.ts'

const login = { kind: 'password', realm: 'master', username: 'admin', password: () => 'only-for-tests' } as const
const signal = new AbortController().signal

function tokens(expiresIn: number) {
  let count = 0
  const fetch: Fetch = async () => {
    count += 1
    const body = new TextEncoder().encode(JSON.stringify({ access_token: `token-${count}`, expires_in: expiresIn }))
    return {
      status: 200,
      headers: { get: () => 'application/json' },
      body: (async function* () {
        yield body
      })(),
    }
  }
  return { fetch, count: () => count }
}

describe('AdminSession', () => {
  it('asks once for many callers, and again shortly before the token ends', async () => {
    let now = 0
    const { fetch, count } = tokens(60)
    const session = new AdminSession({ base: 'https://keycloak.example.com', login, fetch, now: () => now })
    const all = await Promise.all([1, 2, 3].map(() => session.accessToken(signal)))
    expect(all).toEqual(['token-1', 'token-1', 'token-1'])
    now = 44_000
    expect(await session.accessToken(signal)).toBe('token-1')
    now = 45_000
    expect(await Promise.all([1, 2, 3].map(() => session.accessToken(signal)))).toEqual(Array(3).fill('token-2'))
    expect(count()).toBe(2)
  })

  it('asks again for a token that the server no longer takes', async () => {
    const { fetch } = tokens(60)
    const session = new AdminSession({ base: 'https://keycloak.example.com', login, fetch, now: () => 0 })
    await session.accessToken(signal)
    session.forget()
    expect(await session.accessToken(signal)).toBe('token-2')
  })
})
