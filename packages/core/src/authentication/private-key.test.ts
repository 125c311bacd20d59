import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FederateError } from '../errors.ts'
import { errorOf } from '../test-support.ts'
import { readPrivateKey } from './private-key.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const short = generateKeyPairSync('rsa', { modulusLength: 1024 })
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' })
const p521 = generateKeyPairSync('ec', { namedCurve: 'P-521' })
const bitcoin = generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
const ed25519 = generateKeyPairSync('ed25519')

type Pair = ReturnType<typeof generateKeyPairSync>
const pkcs8 = (pair: Pair) => pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const jwk = (pair: Pair, extra: object = {}) =>
  JSON.stringify({ ...pair.privateKey.export({ format: 'jwk' }), ...extra })

describe('readPrivateKey', () => {
  it.each([
    ['RS256', rsa],
    ['ES256', p256],
    ['ES384', p384],
    ['ES512', p521],
    ['EdDSA', ed25519],
  ])('takes %s from the kind of key', (algorithm, pair) => {
    expect(readPrivateKey(pkcs8(pair))).toMatchObject({ algorithm, key: { type: 'private' } })
    expect(readPrivateKey(jwk(pair))).toMatchObject({ algorithm })
    expect(readPrivateKey(pkcs8(pair))).not.toHaveProperty('keyId')
  })

  it('reads the older forms, and a key beside its certificate', () => {
    const pkcs1 = rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
    const sec1 = p256.privateKey.export({ type: 'sec1', format: 'pem' }).toString()
    expect(readPrivateKey(pkcs1).algorithm).toBe('RS256')
    expect(readPrivateKey(sec1).algorithm).toBe('ES256')
    const both = `${pkcs8(rsa)}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`
    expect(readPrivateKey(both).algorithm).toBe('RS256')
  })

  it('takes kid and alg from the JWK, and options before both', () => {
    const text = jwk(rsa, { kid: 'one', alg: 'PS256' })
    expect(readPrivateKey(text)).toMatchObject({ keyId: 'one', algorithm: 'PS256' })
    expect(readPrivateKey(text, { keyId: 'two', algorithm: 'RS512' })).toMatchObject({
      keyId: 'two',
      algorithm: 'RS512',
    })
  })

  const pemOf = (pair: Pair) => pair.publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const encrypted = rsa.privateKey
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
    .toString()
  const oldEncrypted = rsa.privateKey
    .export({ type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
    .toString()

  it.each([
    ['KEY_IS_PUBLIC', pemOf(rsa), 'is a public key;'],
    ['KEY_IS_PUBLIC', rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString(), 'is a public key;'],
    ['KEY_IS_PUBLIC', JSON.stringify(rsa.publicKey.export({ format: 'jwk' })), 'is a public JWK'],
    ['KEY_IS_CERTIFICATE', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', 'is a certificate;'],
    ['KEY_ENCRYPTED', encrypted, 'is a private key encrypted with a passphrase;'],
    ['KEY_ENCRYPTED', oldEncrypted, 'is a private key encrypted with a passphrase;'],
    ['KEY_UNSUPPORTED', '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA', 'in the format of OpenSSH;'],
    ['KEY_UNSUPPORTED', '{"kty":"oct","k":"canary"}', 'is a symmetric key'],
    ['KEY_UNSUPPORTED', pkcs8(bitcoin), 'on curve secp256k1;'],
    ['KEY_NOT_FOR_SIGNING', jwk(rsa, { use: 'enc' }), 'a JWK for encryption'],
    ['KEY_UNREADABLE', 'canary', 'neither PEM nor JSON'],
    ['KEY_UNREADABLE', '{"kty":"RSA","d":"canary"', 'starts like JSON'],
    ['KEY_UNREADABLE', '{"kty":"RSA","d":"canary"}', 'cannot be decoded'],
    ['KEY_UNREADABLE', '-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----', 'cannot be decoded'],
    ['KEY_TOO_SHORT', pkcs8(short), 'has 1024 bits, where at least 2048'],
  ])('throws %s', async (code, text, problem) => {
    const error = await errorOf(() => readPrivateKey(text))
    expect(error).toMatchObject({ code, outcome: 'usage' })
    expect(error.problem).toContain(problem)
    expect(`${error.stack}${String(error.cause)}`).not.toContain('canary')
  })

  it.each([
    [
      p256,
      'RS256',
      'The algorithm RS256 was asked for, but the key is of type ec on curve prime256v1, which signs with ES256.',
    ],
    [rsa, 'ES256', 'which signs with RS256, RS384'],
    [p256, 'ES384', 'which signs with ES256'],
    [rsa, 'none', 'The algorithm none'],
    [rsa, 'HS256', 'The algorithm HS256'],
  ])('refuses an algorithm that the key cannot do', async (pair, algorithm, problem) => {
    const error = await errorOf(() => readPrivateKey(pkcs8(pair), { algorithm }))
    expect(error).toMatchObject({ code: 'KEY_ALGORITHM', outcome: 'usage' })
    expect(error.problem).toContain(problem)
  })

  it('throws its own error for everything else', () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.string().map((inner) => `-----BEGIN PRIVATE KEY-----\n${inner}\n-----END PRIVATE KEY-----`),
      fc
        .record({ kty: fc.constantFrom('RSA', 'EC', 'OKP', 'x'), d: fc.string() })
        .map((value) => JSON.stringify(value)),
    )
    fc.assert(
      fc.property(text, (given) => {
        expect(() => readPrivateKey(given)).toThrow(FederateError)
      }),
    )
  })
})
