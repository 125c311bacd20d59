import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clientAuthentication } from '../service-file/auth-reference.ts'
import { errorOf, FakeClock, issuerUrl } from '../test-support.ts'
import type { ProofRequest } from './client-authentication.ts'
import { clientSecret } from './client-secret.ts'
import { privateKeyJwt } from './private-key-jwt.ts'

const clock = new FakeClock()
const request: ProofRequest = {
  clientId: 'billing',
  issuer: issuerUrl,
  tokenEndpoint: `${issuerUrl}/token`,
  now: clock.now,
}
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'federate-auth-'))
})
afterAll(() => rm(directory, { recursive: true }))

describe('clientSecret', () => {
  it('form-encodes id and secret before it joins them (RFC 6749 section 2.3.1)', async () => {
    const auth = clientSecret({ value: 'p:ä+ %~' })
    const { headers, parameters } = await auth.authenticate({ ...request, clientId: 'Orders API/1:x' })
    expect(auth.method).toBe('client_secret_basic')
    expect(parameters).toEqual({})
    const pair = Buffer.from(headers['authorization']?.replace('Basic ', '') ?? '', 'base64').toString()
    expect(pair).toBe('Orders+API%2F1%3Ax:p%3A%C3%A4%2B+%25%7E')
  })

  it('can be undone by a server that decodes as a form does', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 })
    await fc.assert(
      fc.asyncProperty(text, text, async (clientId, value) => {
        const { headers } = await clientSecret({ value }).authenticate({ ...request, clientId })
        const [id = '', secret = ''] = Buffer.from(headers['authorization']?.slice(6) ?? '', 'base64')
          .toString()
          .split(':')
        const decoded = (part: string) => decodeURIComponent(part.replaceAll('+', ' '))
        expect([decoded(id), decoded(secret)]).toEqual([clientId, value])
      }),
    )
  })

  it('sends both in the body when asked to', async () => {
    const { headers, parameters } = await clientSecret({ value: 'a b', method: 'client_secret_post' }).authenticate(
      request,
    )
    expect(headers).toEqual({})
    expect(parameters).toEqual({ client_id: 'billing', client_secret: 'a b' })
  })

  it('reloads its file', async () => {
    const path = join(directory, 'secret')
    await writeFile(path, 'first\n', { mode: 0o600 })
    const auth = clientSecret({ file: 'secret', baseDirectory: directory, method: 'client_secret_post' })
    expect((await auth.authenticate(request)).parameters['client_secret']).toBe('first')
    expect(await auth.reload()).toBe(false)
    await writeFile(path, 'second\n')
    expect(await auth.reload()).toBe(true)
    expect((await auth.authenticate(request)).parameters['client_secret']).toBe('second')
  })

  it('shows its secret to nobody', async () => {
    const auth = clientSecret({ value: 'canary-secret' })
    await auth.authenticate(request)
    expect(`${inspect(auth, { depth: null, showHidden: true })}${JSON.stringify(auth)}`).not.toContain('canary')
  })

  it('throws when it is used, not when it is made', async () => {
    const auth = clientSecret({ env: 'NONE', environment: {} })
    expect((await errorOf(() => auth.authenticate(request))).code).toBe('SECRET_ENV_MISSING')
  })
})

describe('privateKeyJwt', () => {
  it('signs an assertion for the issuer that lives for a minute', async () => {
    const auth = privateKeyJwt({ pem })
    const { headers, parameters } = await auth.authenticate(request)
    const assertion = parameters['client_assertion'] ?? ''
    const { payload, protectedHeader } = await jwtVerify(assertion, publicKey, { currentDate: new Date(clock.now()) })
    const issuedAt = clock.now() / 1000
    expect(auth.method).toBe('private_key_jwt')
    expect(headers).toEqual({})
    expect(parameters).toEqual({
      client_id: 'billing',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    })
    expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'JWT' })
    expect(payload).toEqual({
      iss: 'billing',
      sub: 'billing',
      aud: issuerUrl,
      iat: issuedAt,
      exp: issuedAt + 60,
      jti: expect.stringMatching(/^[\da-f-]{36}$/),
    })
  })

  it('never uses a jti twice', async () => {
    const auth = privateKeyJwt({ pem })
    const ids = new Set<unknown>()
    for (let count = 0; count < 20; count += 1) {
      const { parameters } = await auth.authenticate(request)
      ids.add(JSON.parse(Buffer.from(parameters['client_assertion']?.split('.')[1] ?? '', 'base64url').toString()).jti)
    }
    expect(ids.size).toBe(20)
  })

  it.each([
    [{ jwk: { ...privateKey.export({ format: 'jwk' }), kid: 'from-jwk' } }, 'from-jwk'],
    [{ jwk: { ...privateKey.export({ format: 'jwk' }), kid: 'from-jwk' }, keyId: 'given' }, 'given'],
    [{ pem, keyId: 'given' }, 'given'],
    [{ env: 'KEY', environment: { KEY: pem } }, undefined],
  ])('names its key as it was told to', async (options, kid) => {
    const { parameters } = await privateKeyJwt(options).authenticate(request)
    const { protectedHeader } = await jwtVerify(parameters['client_assertion'] ?? '', publicKey, {
      currentDate: new Date(clock.now()),
    })
    expect(protectedHeader.kid).toBe(kid)
  })

  it('takes a new key from its file when it reloads', async () => {
    const path = join(directory, 'key.pem')
    await writeFile(path, pem, { mode: 0o600 })
    const auth = privateKeyJwt({ file: path })
    await auth.authenticate(request)
    const next = generateKeyPairSync('rsa', { modulusLength: 2048 })
    await writeFile(path, next.privateKey.export({ type: 'pkcs8', format: 'pem' }))
    expect(await auth.reload()).toBe(true)
    const { parameters } = await auth.authenticate(request)
    const verified = await jwtVerify(parameters['client_assertion'] ?? '', next.publicKey, {
      currentDate: new Date(clock.now()),
    })
    expect(verified.protectedHeader.alg).toBe('RS256')
  })

  it('explains a key that is none', async () => {
    expect((await errorOf(() => privateKeyJwt({ pem: 'no key' }).authenticate(request))).code).toBe('KEY_UNREADABLE')
  })
})

describe('clientAuthentication', () => {
  it('makes what a service file describes', async () => {
    await writeFile(join(directory, 'described'), 'hunter2', { mode: 0o600 })
    const secret = { file: 'described' }
    const basic = clientAuthentication({ method: 'client_secret_basic', secret }, { baseDirectory: directory })
    const post = clientAuthentication({ method: 'client_secret_post', secret }, { baseDirectory: directory })
    expect((await basic.authenticate(request)).headers).toHaveProperty('authorization')
    expect((await post.authenticate(request)).parameters['client_secret']).toBe('hunter2')
  })

  it('hands key id and algorithm on', async () => {
    const reference = { method: 'private_key_jwt', key: { env: 'KEY' }, keyId: 'k1', algorithm: 'ES256' } as const
    const auth = clientAuthentication(reference, { environment: { KEY: pem } })
    const { parameters } = await auth.authenticate(request)
    const header = JSON.parse(Buffer.from(parameters['client_assertion']?.split('.')[0] ?? '', 'base64url').toString())
    expect(header).toEqual({ alg: 'ES256', typ: 'JWT', kid: 'k1' })
  })
})
