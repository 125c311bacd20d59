import { describe, expect, it } from 'vitest'
import { newKey } from '../issuer.test-kit.ts'
import { readKeySet } from './key-set.ts'
import { VerificationKey } from './verification-key.ts'

const [rsa, ec, edwards] = [newKey('rsa', 'RS256'), newKey('ec'), newKey('ed', 'EdDSA')]
const found = (keys: readonly unknown[], kid: string | undefined, algorithm: string) =>
  readKeySet({ keys }, 'https://kc.example.com/certs').find(kid, algorithm)

describe('readKeySet', () => {
  it('passes keys for encryption over, as Keycloak’s sets have them', () => {
    const encryption = { ...newKey('rsa', 'RS256').jwk, use: 'enc', alg: 'RSA-OAEP' }
    expect(found([encryption, rsa.jwk], 'rsa', 'RS256')).toBeInstanceOf(VerificationKey)
  })

  it.each([
    ['private', { ...ec.privateKey.export({ format: 'jwk' }), kid: 'x' }],
    ['symmetric', { kty: 'oct', k: 'c2VjcmV0', kid: 'x' }],
    ['without its parameters', { kty: 'RSA', kid: 'x' }],
    ['short RSA', { kty: 'RSA', kid: 'x', e: 'AQAB', n: 'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAk' }],
    ['only for signing', { ...ec.jwk, kid: 'x', key_ops: ['sign'] }],
    ['with a number as its id', { ...ec.jwk, kid: 7 }],
    ['no object', 'x'],
  ])('passes a key over that is %s', (_, jwk) => {
    expect(found([jwk, rsa.jwk], 'x', 'RS256')).toBe('unknown')
  })
})

describe('a set of keys', () => {
  it('finds a key by its id, for the algorithm that it names and no other', () => {
    expect(found([rsa.jwk, ec.jwk], 'rsa', 'RS256')).toBeInstanceOf(VerificationKey)
    expect(found([rsa.jwk, ec.jwk], 'rsa', 'PS256')).toBe('unfit')
    expect(found([rsa.jwk, ec.jwk], 'rsa', 'ES256')).toBe('unfit')
    expect(found([rsa.jwk, ec.jwk], 'other', 'ES256')).toBe('unknown')
  })

  it('finds a key without an algorithm by its kind', () => {
    const { alg: _, ...anyRsa } = rsa.jwk
    for (const algorithm of ['RS256', 'PS512'])
      expect(found([anyRsa], 'rsa', algorithm)).toBeInstanceOf(VerificationKey)
    const { alg: __, ...anyEc } = ec.jwk
    expect(found([anyEc], 'ec', 'ES256')).toBeInstanceOf(VerificationKey)
    expect(found([anyEc], 'ec', 'ES384')).toBe('unfit')
  })

  it('takes EdDSA and Ed25519 for the same (RFC 9864)', () => {
    expect(found([edwards.jwk], 'ed', 'Ed25519')).toBeInstanceOf(VerificationKey)
    expect(found([edwards.jwk], 'ed', 'RS256')).toBe('unfit')
  })

  it('finds the only key that fits where the token names none, and none of two', () => {
    expect(found([rsa.jwk, ec.jwk], undefined, 'ES256')).toBeInstanceOf(VerificationKey)
    expect(found([ec.jwk, newKey('another').jwk], undefined, 'ES256')).toBe('unfit')
  })

  it('finds none of two with the same id', () => {
    expect(found([ec.jwk, newKey('ec').jwk], 'ec', 'ES256')).toBe('unfit')
  })
})
