import { generateKeyPairSync } from 'node:crypto'
import { FederateError } from '@federate/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KeyCredential } from './key.ts'
import { credentialAttributes, joinedKeys } from './key-credential.ts'

const now = new Date('2026-11-20T12:00:00Z')
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'k1' }
const set = (...keys: readonly unknown[]) => JSON.stringify({ keys })

function refused(credential: KeyCredential): string {
  try {
    credentialAttributes(credential, now)
  } catch (error) {
    if (error instanceof FederateError) return error.code
    throw error
  }
  return 'accepted'
}

describe('credentialAttributes', () => {
  it('is a secret by default, and otherwise keys that Keycloak knows or fetches', () => {
    expect(credentialAttributes({ kind: 'secret' }, now)).toEqual({ authenticator: 'client-secret', attributes: {} })
    expect(credentialAttributes({ kind: 'jwks', jwks: set(jwk) }, now)).toMatchObject({
      authenticator: 'client-jwt',
      attributes: { 'use.jwks.string': 'true', 'jwks.string': set(jwk) },
    })
    expect(credentialAttributes({ kind: 'jwks-url', url: 'https://acme.example.com/jwks' }, now)).toMatchObject({
      authenticator: 'client-jwt',
      attributes: { 'use.jwks.url': 'true', 'jwks.url': 'https://acme.example.com/jwks' },
    })
  })

  it.each([
    ['no JSON', '{', 'KEY_JWKS_INVALID'],
    ['one key', JSON.stringify(jwk), 'KEY_JWKS_INVALID'],
    ['no keys', set(), 'KEY_JWKS_INVALID'],
    ['something else among the keys', set(jwk, 'x'), 'KEY_JWKS_INVALID'],
    ['a private key', set({ ...privateKey.export({ format: 'jwk' }) }), 'KEY_JWKS_PRIVATE'],
    ['a symmetric key', set({ kty: 'oct', k: 'c2VjcmV0' }), 'KEY_JWKS_PRIVATE'],
  ])('refuses a set with %s', (_, jwks, code) => {
    expect(refused({ kind: 'jwks', jwks })).toBe(code)
  })

  it.each([
    ['certs', 'KEY_JWKS_URL'],
    ['http://acme.example.com/jwks', 'KEY_JWKS_URL'],
    ['ftp://acme.example.com/jwks', 'KEY_JWKS_URL'],
    ['https://acme:hunter2@acme.example.com/jwks', 'KEY_JWKS_URL'],
  ])('refuses keys from %s', (url, code) => {
    expect(refused({ kind: 'jwks-url', url })).toBe(code)
  })

  it('names the address of keys that has no TLS, without what may be private in it', () => {
    const url = 'http://acme.example.com/keys/jwks.json?token=hunter2'
    expect(() => credentialAttributes({ kind: 'jwks-url', url }, now)).toThrow(
      'The customer’s keys are to be fetched from http://acme.example.com/keys/jwks.json without TLS, so that anybody on the way could answer with keys of their own. Give the whole https URL',
    )
  })

  it('refuses what is no certificate', () => {
    expect(refused({ kind: 'certificate', pem: 'certificate' })).toBe('KEY_CERTIFICATE_INVALID')
  })

  it.each<[string, KeyCredential]>([
    ['That is no JWK set', { kind: 'jwks', jwks: '{', place: 'file /acme.json' }],
    ['That is no X.509 certificate in PEM.', { kind: 'certificate', pem: '{', place: 'file /acme.json' }],
  ])('says where it stands: %s', (problem, credential) => {
    expect(() => credentialAttributes(credential, now)).toThrow(problem)
    expect(() => credentialAttributes(credential, now)).toThrow('It stands in the file /acme.json.')
  })

  it('takes any text for keys without failing otherwise', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (jwks) => {
        expect(['accepted', 'KEY_JWKS_INVALID', 'KEY_JWKS_PRIVATE']).toContain(refused({ kind: 'jwks', jwks }))
      }),
    )
  })
})

describe('joinedKeys', () => {
  it('keeps the old keys beside the new ones, and the new one of two with the same id', () => {
    const older = set({ ...jwk, x: 'old' }, { ...jwk, kid: 'k0' })
    expect(JSON.parse(joinedKeys(set(jwk), older))).toEqual({ keys: [jwk, { ...jwk, kid: 'k0' }] })
  })
})
