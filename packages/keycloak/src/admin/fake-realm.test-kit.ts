import type { CallContext, Fetch } from '@federate/core'
import { AdminApi } from './api.ts'

export const signal = new AbortController().signal

/** The Admin API of a realm that holds just this: answers by path, a number for a status without an answer. */
export function realmThatHas(answers: ReadonlyMap<string, unknown>) {
  const asked: string[] = []
  const fetch: Fetch = async (url) => {
    const path = url.split('/admin/realms/acme')[1]
    if (path !== undefined) asked.push(path)
    const answer = path === undefined ? { access_token: 'token', expires_in: 60 } : (answers.get(path) ?? 404)
    const bytes = new TextEncoder().encode(JSON.stringify(answer))
    return {
      status: typeof answer === 'number' ? answer : 200,
      headers: { get: () => 'application/json' },
      body: (async function* () {
        yield bytes
      })(),
    }
  }
  const env = { FEDERATE_KEYCLOAK_USERNAME: 'admin', FEDERATE_KEYCLOAK_PASSWORD: 'only-for-tests' }
  const context: CallContext = { signal, now: () => 0, fetch, env, warn: () => {} }
  const api = new AdminApi({ base: 'https://keycloak.example.com', realm: 'acme' }, context, async () => {})
  return { api, asked }
}
