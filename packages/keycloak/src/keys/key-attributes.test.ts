import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readClient } from '../admin/representations.ts'
import { keyAttributes, keyOwnerMark, readKey, revocationAttributes } from './key-attributes.ts'

const now = new Date('2026-11-20T12:00:00Z')
const client = (attributes: object, more: object = {}) =>
  readClient({ clientId: 'acme', enabled: true, clientAuthenticatorType: 'client-secret', attributes, ...more })

describe('the attributes of a key', () => {
  const key = {
    ...{ name: 'acme', credential: { kind: 'secret' as const }, contact: 'ops@acme.example', lifetime: 240 },
    ...{ grants: new Map([['orders', ['reader']]]), expires: new Date('2027-01-31T00:00:00Z') },
  }

  it('say everything that the list shows', () => {
    expect(readKey(client(keyAttributes(key, 'acme-platform', now)), now)).toEqual({
      ...{ name: 'acme', state: 'active', noted: key.grants, credential: 'secret', lifetime: 240 },
      ...{ contact: 'ops@acme.example', issued: now, rotated: undefined, expires: key.expires },
      revoked: undefined,
    })
  })

  it.each([
    ['expired', {}, new Date('2027-01-31T00:00:00Z')],
    ['active', {}, new Date('2027-01-30T23:59:59Z')],
    ['revoked', { enabled: false }, new Date('2027-02-01T00:00:00Z')],
  ])('tell that a key is %s', (state, more, at) => {
    expect(readKey(client(keyAttributes(key, 'acme-platform', now), more), at).state).toBe(state)
  })

  it('tell when a key was revoked, and nothing of it once somebody switched it on again', () => {
    const attributes = { ...keyAttributes(key, 'acme-platform', now), ...revocationAttributes(now) }
    expect(readKey(client(attributes, { enabled: false }), now).revoked).toEqual(now)
    expect(readKey(client(attributes), now).revoked).toBeUndefined()
  })

  it.each([
    ['jwks', { 'use.jwks.string': 'true', 'use.jwks.url': 'false' }],
    ['jwks-url', { 'use.jwks.url': 'true' }],
    ['certificate', { 'jwt.credential.certificate': 'MII' }],
  ])('tell a customer that proves itself by %s', (kind, attributes) => {
    expect(readKey(client(attributes, { clientAuthenticatorType: 'client-jwt' }), now).credential).toBe(kind)
  })

  it('are read whatever somebody else wrote there', () => {
    const names = [
      keyOwnerMark,
      'federate.key.grants',
      'federate.key.expires',
      'federate.key.issued',
      'access.token.lifespan',
    ]
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), fc.oneof(fc.string(), fc.json())), (attributes) => {
        const read = readKey(client(attributes), now)
        expect(read.lifetime).toBeGreaterThan(0)
        expect([...read.noted.values()].every((roles) => roles.every((role) => typeof role === 'string'))).toBe(true)
      }),
    )
  })
})
