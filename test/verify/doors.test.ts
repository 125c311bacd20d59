import { request as send } from 'node:http'
import type { Refusal } from '@federate/verify'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type ApiIssuer, audience, startApiIssuer } from './api-issuer.ts'
import { challengeOf, refusedRequests } from './refusals.ts'
import { type RunningApi, servers } from './servers.ts'

interface Answer {
  readonly status: number
  readonly headers: NodeJS.Dict<string | string[]>
  readonly body: string
}

/** Headers may come twice, which no `fetch` can send. */
function get(url: string, headers: readonly (readonly [string, string])[]): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = send(url, { headers: ['host', 'localhost', ...headers.flat()] }, async (response) => {
      let body = ''
      for await (const chunk of response.setEncoding('utf8')) body += chunk
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body })
    })
    request.once('error', reject).end()
  })
}

describe.each(Object.keys(servers))('an API behind the door for %s', (door) => {
  let issuer: ApiIssuer
  let api: RunningApi
  const refusals: Refusal[] = []
  beforeAll(async () => {
    issuer = await startApiIssuer()
    const options = {
      issuer: issuer.url,
      audience,
      clients: ['billing'],
      onRefused: (one: Refusal) => refusals.push(one),
    }
    const started = await servers[door]?.(options)
    if (started === undefined) throw new Error(`there is no door for ${door}`)
    api = started
  })
  afterAll(async () => {
    await api.close()
    await issuer.close()
  })
  beforeEach(() => {
    refusals.length = 0
  })

  it.each(['Bearer', 'bearer', 'BEARER'])('lets a token in (%s), and the handler sees its claims', async (scheme) => {
    const answer = await get(api.url, [['authorization', `${scheme} ${issuer.token()}`]])
    expect([answer.status, JSON.parse(answer.body)]).toEqual([200, { tenant: 'tenant-123' }])
    expect(refusals).toEqual([])
  })

  it.each(refusedRequests)('refuses: $name', async (refused) => {
    const { headers, token = (one: ApiIssuer) => one.token(), path = '/', status, code } = refused
    const sent = headers?.(issuer) ?? [['authorization', `Bearer ${token(issuer)}`] as const]
    const answer = await get(`${api.url}${path}`, sent)
    // Handlers of the web's requests see two headers as one with a comma, which is malformed.
    const joined = refused.name === 'two headers' && (door === 'fetch' || door === 'hono')
    const expected = joined ? { ...refused, code: 'REQUEST_MALFORMED' } : refused
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([status, challengeOf(expected)])
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(refusals.map((one) => one.code)).toEqual([joined ? 'REQUEST_MALFORMED' : code])
  })
})
