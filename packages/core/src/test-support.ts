import { generateKeyPairSync } from 'node:crypto'
import { SignJWT } from 'jose'
import { FederateError } from './errors.ts'
import type { Fetch, FetchInit, FetchResponse } from './network/fetch.ts'
import type { HttpAnswer } from './network/http.ts'
import { issuerPeer } from './network/peer.ts'

/** What a pretended server answers. */
export interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | object
}

export interface Call {
  readonly url: string
  readonly init: FetchInit
}

export interface FakeFetch {
  readonly fetch: Fetch
  readonly calls: Call[]
}

/** A `Fetch` without a network: what `answer` throws is a network error. */
export function fakeFetch(answer: (call: Call, count: number) => Reply | Promise<Reply>): FakeFetch {
  const calls: Call[] = []
  const fetch: Fetch = async (url, init) => {
    init.signal.throwIfAborted()
    const call = { url, init }
    calls.push(call)
    return response(await answer(call, calls.length))
  }
  return { fetch, calls }
}

function response({ status = 200, headers = {}, body = '' }: Reply): FetchResponse {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const all: Record<string, string> = { 'content-type': 'application/json', ...headers }
  return {
    status,
    headers: { get: (name) => all[name.toLowerCase()] ?? null },
    body: (async function* () {
      yield new TextEncoder().encode(text)
    })(),
  }
}

export function fakeAnswer({ status = 200, headers = {}, body = '' }: Reply): HttpAnswer {
  return {
    peer: issuerPeer,
    url: 'https://kc.example.com/token',
    status,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    header: (name) => headers[name],
  }
}

export const issuerUrl = 'https://kc.example.com/realms/prod'

/** An issuer with one token endpoint; everything else is 404. */
export function fakeIssuer(
  token: (call: Call, count: number) => Reply | Promise<Reply>,
): FakeFetch & { grants: Call[] } {
  const grants: Call[] = []
  const { fetch, calls } = fakeFetch((call) => {
    if (call.url === `${issuerUrl}/.well-known/openid-configuration`) {
      return { body: { issuer: issuerUrl, token_endpoint: `${issuerUrl}/token`, jwks_uri: `${issuerUrl}/certs` } }
    }
    if (call.url !== `${issuerUrl}/token`) return { status: 404 }
    grants.push(call)
    return token(call, grants.length)
  })
  return { fetch, calls, grants }
}

/** A clock that moves when it is told to. */
export class FakeClock {
  milliseconds: number
  constructor(start = Date.parse('2026-11-20T12:00:00Z')) {
    this.milliseconds = start
  }
  readonly now = (): number => this.milliseconds
  forward(seconds: number): void {
    this.milliseconds += seconds * 1000
  }
}

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })

/** A signed JWT; `exp` and the like in seconds since the epoch. */
export function signedJwt(claims: Record<string, unknown>): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: 'JWT' }).sign(privateKey)
}

/** The error that something throws or rejects with; fails if there is none or it is not ours. */
export async function errorOf(work: () => unknown): Promise<FederateError> {
  try {
    await work()
  } catch (error) {
    if (error instanceof FederateError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

export function systemError(code: string, message = code): Error {
  return Object.assign(new Error(message), { code })
}

/** The fields of a form that was sent. */
export function formOf(call: Call | undefined): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(call?.init.body ?? ''))
}
