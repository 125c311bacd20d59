import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FederateError } from '../errors.ts'
import { parseKeySet } from './key-set.ts'

describe('parseKeySet', () => {
  it('gives the keys, and passes over what is none', () => {
    const key = { kty: 'RSA', n: 'x' }
    expect(parseKeySet(JSON.stringify({ keys: ['x', key, {}, { kty: 7 }] }), 'certs.json')).toEqual({ keys: [key] })
  })

  it.each([
    ['<html>', 'JWKS_INVALID', 'certs.json is no JWK set: a JSON object with a list "keys" was expected.'],
    ['{"keys":{}}', 'JWKS_INVALID', 'certs.json is no JWK set: a JSON object with a list "keys" was expected.'],
    ['{"keys":[]}', 'JWKS_NO_KEY', 'certs.json is a JWK set that holds no key.'],
    ['{"keys":[{}]}', 'JWKS_NO_KEY', 'certs.json is a JWK set that holds no key.'],
  ])('refuses %s', (text, code, problem) => {
    expect(() => parseKeySet(text, 'certs.json')).toThrow(
      expect.objectContaining({
        ...{ code, outcome: 'usage', problem },
        next: "Save the document behind the issuer's jwks_uri and name that file.",
      }),
    )
  })

  it('takes any text without failing otherwise', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        try {
          expect(parseKeySet(text, 'x').keys.length).toBeGreaterThan(0)
        } catch (error) {
          expect(error).toBeInstanceOf(FederateError)
        }
      }),
    )
  })
})
