import { createHash, createHmac, createSign, generateKeyPairSync, randomUUID, sign, X509Certificate } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeProtectedHeader, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clientAuthentication } from '../service-file/auth-reference.ts'
import { errorOf, FakeClock, issuerUrl, signedJwt } from '../test-support.ts'
import { type Issued, TestAuthority } from './certificates.test-kit.ts'
import type { ClientAuthentication, ProofRequest } from './client-authentication.ts'
import { clientSecretJwt } from './client-secret-jwt.ts'
import { customAuthentication } from './custom-authentication.ts'
import { jwtFile } from './jwt-file.ts'
import { privateKeyJwt } from './private-key-jwt.ts'

const clock = new FakeClock()
const request: ProofRequest = {
  clientId: 'billing',
  issuer: issuerUrl,
  tokenEndpoint: `${issuerUrl}/token`,
  now: clock.now,
}
const currentDate = new Date(clock.now())

async function assertionOf(auth: ClientAuthentication): Promise<string> {
  return (await auth.authenticate(request)).parameters['client_assertion'] ?? ''
}

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'federate-assertion-'))
})
afterAll(() => rm(directory, { recursive: true }))

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pairs = {
  rsa,
  'P-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'P-384': generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  'P-521': generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  ed25519: generateKeyPairSync('ed25519'),
}
const pemOf = (pair: typeof rsa) => pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

describe('privateKeyJwt', () => {
  it.each([
    ['RS256', pairs.rsa],
    ['RS384', pairs.rsa],
    ['RS512', pairs.rsa],
    ['PS256', pairs.rsa],
    ['PS384', pairs.rsa],
    ['PS512', pairs.rsa],
    ['ES256', pairs['P-256']],
    ['ES384', pairs['P-384']],
    ['ES512', pairs['P-521']],
    ['EdDSA', pairs.ed25519],
  ])('signs with %s', async (algorithm, pair) => {
    const assertion = await assertionOf(privateKeyJwt({ pem: pemOf(pair), algorithm }))
    const { protectedHeader, payload } = await jwtVerify(assertion, pair.publicKey, { currentDate })
    expect(protectedHeader.alg).toBe(algorithm)
    expect(payload.aud).toBe(issuerUrl)
  })

  it('is for the token endpoint when asked to be', async () => {
    const assertion = await assertionOf(privateKeyJwt({ pem: pemOf(rsa), audience: 'token_endpoint' }))
    expect((await jwtVerify(assertion, rsa.publicKey, { currentDate })).payload.aud).toBe(`${issuerUrl}/token`)
  })

  it('takes the key of a set that it is told, or the only one that can sign', async () => {
    const one = { ...pairs['P-256'].privateKey.export({ format: 'jwk' }), kid: 'one' }
    const two = { ...pairs.ed25519.privateKey.export({ format: 'jwk' }), kid: 'two' }
    const open = { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'public' }
    const named = privateKeyJwt({ jwk: { keys: [one, two] }, keyId: 'two' })
    expect(decodeProtectedHeader(await assertionOf(named))).toEqual({ alg: 'EdDSA', typ: 'JWT', kid: 'two' })
    const only = privateKeyJwt({ jwk: { keys: [open, one] } })
    expect(decodeProtectedHeader(await assertionOf(only))).toEqual({ alg: 'ES256', typ: 'JWT', kid: 'one' })
    const missing = await errorOf(() => assertionOf(privateKeyJwt({ jwk: { keys: [one, two] }, keyId: 'three' })))
    expect(missing).toMatchObject({ code: 'KEY_NOT_IN_SET', outcome: 'usage' })
    expect(missing.problem).toContain('without the kid "three"; it has: one, two')
    const ambiguous = await errorOf(() => assertionOf(privateKeyJwt({ jwk: { keys: [one, two] } })))
    expect(ambiguous).toMatchObject({ code: 'KEY_AMBIGUOUS' })
    expect(ambiguous.next).toBe('Name one of them by its key id.')
    expect((await errorOf(() => assertionOf(privateKeyJwt({ jwk: { keys: [] } })))).problem).toContain(
      '0 can sign (none)',
    )
    expect((await errorOf(() => assertionOf(privateKeyJwt({ jwk: { keys: 'x' } })))).code).toBe('KEY_UNREADABLE')
  })

  it('says where a key stands that cannot be used, and nothing of it', async () => {
    await writeFile(join(directory, 'no.key'), 'canary', { mode: 0o600 })
    const inFile = await errorOf(() => assertionOf(privateKeyJwt({ file: 'no.key', baseDirectory: directory })))
    expect(inFile).toMatchObject({ code: 'KEY_UNREADABLE', outcome: 'usage' })
    expect(inFile.problem).toBe(
      `What was given as the private key is neither PEM nor JSON; a private key in PEM (PKCS#8) or as a JWK was expected. It stands in the file ${join(directory, 'no.key')}.`,
    )
    const inEnvironment = await errorOf(() =>
      assertionOf(privateKeyJwt({ env: 'KEY', environment: { KEY: '{"kty":"RSA","d":"canary"}' } })),
    )
    expect(inEnvironment.problem).toMatch(/cannot be decoded.*It stands in the environment variable KEY\.$/)
    expect(`${inFile.message}${inEnvironment.message}`).not.toContain('canary')
  })

  const passphrase = 'canary passphrase'
  it.each([
    ['PKCS#8', rsa.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString()],
    ['PKCS#1', rsa.privateKey.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString()],
  ])('opens an encrypted %s with a passphrase from a file or the environment', async (_, pem) => {
    const file = join(directory, 'passphrase')
    await writeFile(file, `${passphrase}\n`, { mode: 0o600 })
    const fromFile = await assertionOf(privateKeyJwt({ pem, passphrase: { file } }))
    await jwtVerify(fromFile, rsa.publicKey, { currentDate })
    const reference = { method: 'private_key_jwt', key: { env: 'KEY' }, passphrase: { env: 'PASS' } } as const
    const fromEnvironment = clientAuthentication(reference, { environment: { KEY: pem, PASS: passphrase } })
    await jwtVerify(await assertionOf(fromEnvironment), rsa.publicKey, { currentDate })
    const wrong = await errorOf(() => assertionOf(privateKeyJwt({ pem, passphrase: { value: 'canary wrong' } })))
    expect(wrong).toMatchObject({ code: 'KEY_PASSPHRASE', outcome: 'usage' })
    expect(wrong.problem).toContain('encrypted, and the passphrase does not open it')
    expect(`${wrong.stack}`).not.toContain('canary')
    expect((await errorOf(() => assertionOf(privateKeyJwt({ pem })))).code).toBe('KEY_ENCRYPTED')
  })

  it('takes a new key with a new passphrase when it reloads', async () => {
    const [key, phrase] = [join(directory, 'rotated.pem'), join(directory, 'rotated.pass')]
    const write = async (pair: typeof rsa, secret: string) => {
      const cipher = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: secret } as const
      await writeFile(key, pair.privateKey.export(cipher), { mode: 0o600 })
      await writeFile(phrase, secret, { mode: 0o600 })
    }
    await write(rsa, 'first')
    const auth = privateKeyJwt({ file: key, passphrase: { file: phrase } })
    await jwtVerify(await assertionOf(auth), rsa.publicKey, { currentDate })
    expect(await auth.reload()).toBe(false)
    await write(pairs['P-256'], 'second')
    expect(await auth.reload()).toBe(true)
    await jwtVerify(await assertionOf(auth), pairs['P-256'].publicKey, { currentDate })
  })

  it('keeps the key that it has when its file is emptied', async () => {
    const file = join(directory, 'emptied.pem')
    await writeFile(file, pemOf(rsa), { mode: 0o600 })
    const auth = privateKeyJwt({ file })
    await assertionOf(auth)
    await writeFile(file, '')
    expect((await errorOf(() => auth.reload())).code).toBe('SECRET_EMPTY')
    await jwtVerify(await assertionOf(auth), rsa.publicKey, { currentDate })
  })

  it('names its key by the certificate, as Microsoft Entra wants it, and takes a renewed pair', async () => {
    const authority = new TestAuthority(directory)
    const [first, second] = [authority.issue('entra'), authority.issue('entra-renewed')]
    const [certificate, key] = [join(directory, 'live.crt'), join(directory, 'live.key')]
    const write = async (pair: Issued) => {
      await writeFile(certificate, pair.certificate)
      await writeFile(key, pair.key, { mode: 0o600 })
    }
    const auth = clientAuthentication(
      {
        method: 'private_key_jwt',
        key: { file: 'live.key' },
        certificate: { file: 'live.crt' },
        audience: 'token_endpoint',
      },
      { baseDirectory: directory },
    )
    const present = { ...request, now: Date.now }
    for (const pair of [first, second]) {
      await write(pair)
      const { client_assertion: assertion = '' } = (await auth.authenticate(present)).parameters
      const { protectedHeader, payload } = await jwtVerify(assertion, new X509Certificate(pair.certificate).publicKey)
      const thumbprint = createHash('sha256').update(new X509Certificate(pair.certificate).raw).digest('base64url')
      expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'JWT', 'x5t#S256': thumbprint })
      expect(payload).toMatchObject({ aud: request.tokenEndpoint, nbf: payload.iat, iss: 'billing' })
    }
    await writeFile(certificate, first.certificate)
    const unfit = await errorOf(() => auth.authenticate(present))
    expect(unfit.code).toBe('CERTIFICATE_KEY_MISMATCH')
    expect(unfit.problem).toMatch(
      new RegExp(`^The private key in the file ${key} does not .* in the file ${certificate}\\.$`),
    )
    const sign = () => new Uint8Array(64)
    const card = privateKeyJwt({ algorithm: 'ES256', sign, certificate: { file: certificate } })
    const header = decodeProtectedHeader(String((await card.authenticate(present)).parameters['client_assertion']))
    expect(header).toHaveProperty('x5t#S256')
    const old = await errorOf(() => card.authenticate({ ...request, now: () => Date.now() + 10 * 86_400_000 }))
    expect(old).toMatchObject({ code: 'CERTIFICATE_EXPIRED', outcome: 'failed' })
    expect(old.problem).toContain(`now. It stands in the file ${certificate}.`)
  })

  it('signs by a function, where the key cannot be read', async () => {
    const key = pairs['P-256'].privateKey
    const auth = privateKeyJwt({
      algorithm: 'ES256',
      keyId: 'card-1',
      sign: async (input) => sign('sha256', input, { key, dsaEncoding: 'ieee-p1363' }),
    })
    const { protectedHeader } = await jwtVerify(await assertionOf(auth), pairs['P-256'].publicKey, { currentDate })
    expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'JWT', kid: 'card-1' })
    expect(await auth.reload()).toBe(false)
  })

  it.each([
    [
      'DER',
      () => createSign('sha256').update('x').sign(pairs['P-256'].privateKey),
      'R and S side by side',
      'from ASN.1 (DER)',
    ],
    ['short', () => new Uint8Array(10), 'gave 10 bytes, where 64 were expected', 'on the curve'],
    ['empty', () => new Uint8Array(0), 'gave no bytes', 'Uint8Array'],
  ])('refuses a signature that is %s', async (_, own, problem, next) => {
    const error = await errorOf(() => assertionOf(privateKeyJwt({ algorithm: 'ES256', sign: own })))
    expect(error).toMatchObject({ code: 'SIGN_FAILED', outcome: 'failed' })
    expect(error.problem).toContain(problem)
    expect(error.next).toContain(next)
  })

  it('keeps what the function threw as the cause', async () => {
    const sign = () => {
      throw new Error('card removed')
    }
    const error = await errorOf(() => assertionOf(privateKeyJwt({ algorithm: 'RS256', sign })))
    expect(error).toMatchObject({ code: 'SIGN_FAILED', cause: { message: 'card removed' } })
  })
})

describe('clientSecretJwt', () => {
  it.each(['HS256', 'HS384', 'HS512'])('signs with the secret by %s, and never sends it', async (algorithm) => {
    const secret = `canary-${randomUUID()}-${randomUUID()}`
    const auth = clientSecretJwt({ value: secret, algorithm })
    const { headers, parameters } = await auth.authenticate(request)
    expect(auth.method).toBe('client_secret_jwt')
    expect(headers).toEqual({})
    expect(JSON.stringify(parameters)).not.toContain('canary')
    const [header, claims, signature] = (parameters['client_assertion'] ?? '').split('.')
    const hash = `sha${algorithm.slice(2)}`
    expect(createHmac(hash, secret).update(`${header}.${claims}`).digest('base64url')).toBe(signature)
    const { payload } = await jwtVerify(parameters['client_assertion'] ?? '', Buffer.from(secret), { currentDate })
    expect(payload).toMatchObject({ iss: 'billing', sub: 'billing', aud: issuerUrl, exp: clock.now() / 1000 + 60 })
  })

  it('refuses an algorithm that takes no secret', async () => {
    const error = await errorOf(() => clientSecretJwt({ value: 'x', algorithm: 'RS256' }))
    expect(error).toMatchObject({ code: 'SECRET_ALGORITHM', outcome: 'usage' })
    expect(error.problem).toBe('The algorithm RS256 was asked for, but a client secret signs with HS256, HS384, HS512.')
  })

  it('is made from a service file, and reloads', async () => {
    const file = join(directory, 'hmac')
    await writeFile(file, 'first secret', { mode: 0o600 })
    const reference = { method: 'client_secret_jwt', secret: { file }, algorithm: 'HS512' } as const
    const auth = clientAuthentication(reference, { baseDirectory: directory })
    expect(decodeProtectedHeader(await assertionOf(auth)).alg).toBe('HS512')
    await writeFile(file, 'second secret')
    expect(await auth.reload()).toBe(true)
    await jwtVerify(await assertionOf(auth), Buffer.from('second secret'), { currentDate })
  })
})

describe('jwtFile', () => {
  it('sends what another system wrote, and reads it anew every time', async () => {
    const file = join(directory, 'assertion')
    const first = await signedJwt({ sub: 'a', exp: clock.now() / 1000 + 60 })
    const second = await signedJwt({ sub: 'b', exp: clock.now() / 1000 + 60 })
    await writeFile(file, `${first}\n`)
    const auth = clientAuthentication({ method: 'jwt_file', file: 'assertion' }, { baseDirectory: directory })
    expect((await auth.authenticate(request)).parameters).toEqual({
      client_id: 'billing',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: first,
    })
    expect(await auth.reload()).toBe(false)
    await writeFile(file, second)
    expect(await auth.reload()).toBe(true)
    expect(await assertionOf(auth)).toBe(second)
  })

  it('says that it has expired before the issuer does', async () => {
    const file = join(directory, 'expired')
    await writeFile(file, await signedJwt({ exp: clock.now() / 1000 - 1 }))
    expect((await errorOf(() => assertionOf(jwtFile({ file })))).code).toBe('TOKEN_FILE_EXPIRED')
    expect((await errorOf(() => assertionOf(jwtFile({ file: join(directory, 'none') })))).code).toBe(
      'TOKEN_FILE_MISSING',
    )
  })
})

describe('customAuthentication', () => {
  it('adds what a function of your own says, and the client id', async () => {
    const auth = customAuthentication(async ({ issuer }) => ({ parameters: { ticket: `for ${issuer}` } }), {
      method: 'kerberos',
    })
    const proof = await auth.authenticate(request)
    expect(auth.method).toBe('kerberos')
    expect(proof.parameters).toEqual({ client_id: 'billing', ticket: `for ${issuerUrl}` })
    expect(proof.secrets).toEqual([`for ${issuerUrl}`])
    expect(await auth.reload()).toBe(false)
  })

  it('leaves the client id out beside an authorization header', async () => {
    const proof = await customAuthentication(() => ({ headers: { Authorization: 'Negotiate YII' } })).authenticate(
      request,
    )
    expect(proof.parameters).toEqual({})
    expect(proof.secrets).toEqual(['Negotiate YII', 'YII'])
  })
})
