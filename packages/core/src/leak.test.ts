import { createHash, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import type { ClientAuthentication } from './authentication/client-authentication.ts'
import { clientSecret } from './authentication/client-secret.ts'
import { clientSecretJwt } from './authentication/client-secret-jwt.ts'
import { customAuthentication } from './authentication/custom-authentication.ts'
import { jwtFile } from './authentication/jwt-file.ts'
import { privateKeyJwt } from './authentication/private-key-jwt.ts'
import { FederateError } from './errors.ts'
import { type Call, fakeIssuer, issuerUrl, type Reply, signedJwt } from './test-support.ts'
import { clientCredentials } from './tokens/client-credentials.ts'
import type { TokenSource } from './tokens/token-source.ts'

const secret = 'canary?secret & ümlaut'
const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString()
const keyBody = pem.split('\n').slice(1, 2).join('')
const expired = await signedJwt({ exp: 1 })
const opaque = 'canary-opaque-token-0123456789'
const refresh = 'canary-refresh-token-0123456789'

/** What an issuer may do with a request whose words it repeats wherever it can. */
const answers: Readonly<Record<string, (call: Call) => Reply>> = {
  'refused client': (call) => ({ status: 401, body: { error: 'invalid_client', error_description: everything(call) } }),
  'refused scope': (call) => ({ status: 400, body: { error: 'invalid_scope', error_description: everything(call) } }),
  'other error': (call) => ({ status: 400, body: { error: everything(call), error_description: everything(call) } }),
  html: (call) => ({ status: 400, body: `<html>${everything(call)}` }),
  'broken JSON': (call) => ({ body: `{"access_token":"${opaque}","x":${everything(call)}` }),
  redirect: (call) => ({ status: 302, headers: { location: `https://x.example/?${call.init.body}${opaque}` } }),
  'no type, and a refresh token': () => ({ body: { access_token: opaque, refresh_token: refresh, expires_in: 300 } }),
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

const passphrase = 'canary passphrase of the key'
const ownProof = 'canary ticket of a function'
const encrypted = createPrivateKey(pem)
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase })
  .toString()
const folder = mkdtempSync(join(tmpdir(), 'federate-leak-'))
const assertionFile = join(folder, 'assertion')
const foreignAssertion = await signedJwt({ sub: 'canary', exp: Math.floor(Date.now() / 1000) + 600 })
writeFileSync(assertionFile, foreignAssertion)
afterAll(() => rmSync(folder, { recursive: true }))

const authentications: Readonly<Record<string, ClientAuthentication>> = {
  basic: clientSecret({ value: secret }),
  post: clientSecret({ value: secret, method: 'client_secret_post' }),
  hmac: clientSecretJwt({ value: secret }),
  key: privateKeyJwt({ pem }),
  'encrypted key': privateKeyJwt({ pem: encrypted, passphrase: { value: passphrase } }),
  'key elsewhere': privateKeyJwt({
    algorithm: 'ES256',
    sign: (input) => sign('sha256', input, { key: pem, dsaEncoding: 'ieee-p1363' }),
  }),
  'assertion file': jwtFile({ file: assertionFile }),
  function: customAuthentication(() => ({
    parameters: { ticket: ownProof },
    headers: { 'x-ticket': `Negotiate ${ownProof}` },
  })),
}

function forbidden(calls: readonly Call[]): readonly string[] {
  const assertions = calls.map(({ init }) => new URLSearchParams(init.body).get('client_assertion') ?? '')
  const authorizations = calls.map(({ init }) => init.headers['authorization']?.slice(6) ?? '')
  const signatures = assertions.map((assertion) => assertion.split('.')[2] ?? '')
  const hidden = [secret, keyBody, passphrase, ownProof, encrypted.split('\n')[1] ?? '', foreignAssertion]
  const sent = [opaque, expired, refresh, ...assertions, ...authorizations, ...signatures]
  // What somebody chose can be guessed: of that not even a hash may be shown.
  const hashes = [secret, passphrase, ownProof].map((one) => createHash('sha256').update(one).digest('hex').slice(0, 8))
  const plain = [...hidden, ...sent].filter((one) => one !== '')
  return [...hashes, ...plain.flatMap(formsOf)]
}

function formsOf(text: string): string[] {
  const bytes = Buffer.from(text)
  return [
    text,
    encodeURIComponent(text),
    new URLSearchParams({ '': text }).toString().slice(1),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
  ]
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
