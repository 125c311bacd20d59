import { generateKeyPairSync } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { ClientAuthentication } from './client-authentication.ts'
import { clientCredentials } from './client-credentials.ts'
import { clientSecret } from './client-secret.ts'
import { FederateError } from './errors.ts'
import { privateKeyJwt } from './private-key-jwt.ts'
import { type Call, fakeIssuer, issuerUrl, type Reply, signedJwt } from './test-support.ts'
import type { TokenSource } from './token-source.ts'

const secret = 'canary?secret & ümlaut'
const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString()
const keyBody = pem.split('\n').slice(1, 2).join('')
const expired = await signedJwt({ exp: 1 })
const opaque = 'canary-opaque-token-0123456789'

/** What an issuer may do with a request whose words it repeats wherever it can. */
const answers: Readonly<Record<string, (call: Call) => Reply>> = {
  'refused client': (call) => ({ status: 401, body: { error: 'invalid_client', error_description: everything(call) } }),
  'refused scope': (call) => ({ status: 400, body: { error: 'invalid_scope', error_description: everything(call) } }),
  'other error': (call) => ({ status: 400, body: { error: everything(call), error_description: everything(call) } }),
  html: (call) => ({ status: 400, body: `<html>${everything(call)}` }),
  'broken JSON': (call) => ({ body: `{"access_token":"${opaque}","x":${everything(call)}` }),
  redirect: (call) => ({ status: 302, headers: { location: `https://x.example/?${call.init.body}${opaque}` } }),
  'no type': () => ({ body: { access_token: opaque, expires_in: 300 } }),
  'no lifetime': () => ({ body: { access_token: opaque, token_type: 'Bearer' } }),
  'bad characters': () => ({ body: { access_token: `${opaque} x`, token_type: 'Bearer', expires_in: 300 } }),
  expired: () => ({ body: { access_token: expired, token_type: 'Bearer', expires_in: 300 } }),
  unavailable: (call) => ({ status: 503, body: everything(call) }),
  'too large': (call) => ({ body: everything(call).repeat(5000) }),
  'network error': (call) => {
    throw Object.assign(new Error(`failed: ${call.init.headers['authorization']} ${call.init.body}`), {
      code: 'ECONNRESET',
      request: call,
    })
  },
}

function everything(call: Call): string {
  const form = new URLSearchParams(call.init.body)
  const basic = call.init.headers['authorization']?.slice(6) ?? ''
  const decoded = Buffer.from(basic, 'base64').toString()
  return [call.init.body, [...form.values()].join(' '), basic, decoded].join(' ')
}

const authentications: Readonly<Record<string, ClientAuthentication>> = {
  basic: clientSecret({ value: secret }),
  post: clientSecret({ value: secret, method: 'client_secret_post' }),
  key: privateKeyJwt({ pem }),
}

function forbidden(calls: readonly Call[]): readonly string[] {
  const assertions = calls.map(({ init }) => new URLSearchParams(init.body).get('client_assertion') ?? '')
  const authorizations = calls.map(({ init }) => init.headers['authorization']?.slice(6) ?? '')
  const signatures = assertions.map((assertion) => assertion.split('.')[2] ?? '')
  const plain = [secret, keyBody, opaque, expired, ...assertions, ...authorizations, ...signatures].filter(
    (one) => one !== '',
  )
  return plain.flatMap((one) => [
    one,
    encodeURIComponent(one),
    new URLSearchParams({ '': one }).toString().slice(1),
    Buffer.from(one).toString('base64').replace(/=+$/, ''),
  ])
}

function shown(value: unknown): string {
  const error = value instanceof Error ? `${value.message}\n${value.stack}` : ''
  const deep = inspect(value, {
    depth: Number.POSITIVE_INFINITY,
    showHidden: true,
    maxStringLength: null,
    maxArrayLength: null,
  })
  return `${error}\n${deep}\n${JSON.stringify(value)}`
}

async function failureOf(source: TokenSource): Promise<unknown> {
  try {
    await source.getToken({ audience: 'a' })
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

describe('no error shows a secret, key, assertion or token', () => {
  const cases = Object.keys(answers).flatMap((answer) =>
    Object.keys(authentications).map((method) => [answer, method] as const),
  )
  it.each(cases)('%s, client by %s', async (answer, method) => {
    const auth = authentications[method]
    const reply = answers[answer]
    if (auth === undefined || reply === undefined) throw new Error('no such case')
    const { fetch, grants } = fakeIssuer(reply)
    const told: unknown[] = []
    const source = clientCredentials({
      issuer: issuerUrl,
      clientId: 'billing',
      auth,
      fetch,
      sleep: async () => {},
      warn: (message) => told.push(message),
      freshness: { onEvent: (event) => told.push(event) },
    })
    const error = await failureOf(source)
    expect(error).toBeInstanceOf(FederateError)
    const text = [error, told, source, auth].map(shown).join('\n')
    expect(text.length).toBeGreaterThan(500)
    for (const one of forbidden(grants)) expect(text).not.toContain(one)
  })
})
