import { FederateError } from '@federate/core'
import { describe, expect, it } from 'vitest'
import { expiryOf, grantsOf, signingKeyOf } from './key-options.ts'

const now = Date.parse('2026-11-20T12:00:00Z')

function codeOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof FederateError) return error.code
    throw error
  }
  return 'accepted'
}

describe('grantsOf', () => {
  it('gives roles to the only API, or to the one that each names', () => {
    expect(grantsOf(['orders'], ['reader', 'writer'])).toEqual(new Map([['orders', ['reader', 'writer']]]))
    expect(grantsOf(['orders', 'invoices'], ['orders:reader'])).toEqual(
      new Map([
        ['orders', ['reader']],
        ['invoices', []],
      ]),
    )
    expect(grantsOf(['orders'], ['orders:reader'])).toEqual(new Map([['orders', ['reader']]]))
  })

  it.each([
    [['orders', 'invoices'], ['reader']],
    [['orders'], ['invoices:reader']],
    [[], ['reader']],
    [['orders'], [':reader']],
  ])('refuses a role that is of none of %j', (apis, roles) => {
    expect(codeOf(() => grantsOf(apis, roles))).toBe('KEY_ROLE_WITHOUT_API')
  })
})

describe('expiryOf', () => {
  it.each([
    ['2027-01-31', '2027-01-31T00:00:00.000Z'],
    ['2027-01-31T12:00:00+01:00', '2027-01-31T11:00:00.000Z'],
    ['90d', '2027-02-18T12:00:00.000Z'],
    ['12h', '2026-11-21T00:00:00.000Z'],
  ])('%s', (text, moment) => {
    expect(expiryOf(text, now).toISOString()).toBe(moment)
  })

  it.each(['', 'soon', '2027', '2027-13-45', '2027-01-31T12:00:00', '1.5d', '-1d'])('refuses %j', (text) => {
    expect(codeOf(() => expiryOf(text, now))).toBe('EXPIRY_INVALID')
  })
})

describe('signingKeyOf', () => {
  it.each([
    [
      { kty: 'EC', crv: 'P-384', kid: 'k1' },
      { algorithm: 'ES384', keyId: 'k1' },
    ],
    [
      { kty: 'OKP', crv: 'Ed25519' },
      { algorithm: 'EdDSA', keyId: undefined },
    ],
    [
      { kty: 'RSA', alg: 'PS256' },
      { algorithm: 'PS256', keyId: undefined },
    ],
    [{ kty: 'RSA' }, { algorithm: 'RS256', keyId: undefined }],
  ])('%j', (key, expected) => {
    expect(signingKeyOf({ kind: 'jwks', jwks: JSON.stringify({ keys: [key] }) })).toEqual(expected)
  })

  it('is RS256 where the keys are not at hand', () => {
    expect(signingKeyOf({ kind: 'jwks-url', url: 'https://acme.example.com/jwks' }).algorithm).toBe('RS256')
  })
})
