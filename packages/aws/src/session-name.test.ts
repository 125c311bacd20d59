import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sessionNameFor, sessionNameOf } from './session-name.ts'

describe('session names', () => {
  it('always fit what STS allows', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (name) => /^[\w+=,.@-]{2,64}$/.test(sessionNameFor(name))))
  })

  it.each([
    ['billing', 'federate-billing'],
    ['service-account-billing', 'federate-billing'],
    ['spiffe://example.org/ns/a', 'federate-spiffe---example.org-ns-a'],
  ])('%s becomes %s', (name, expected) => {
    expect(sessionNameFor(name)).toBe(expected)
  })

  it('come from the client id, the subject of the token, or the subject expected', () => {
    expect(sessionNameOf({ client_id: 'orders', sub: 'x' }, 'y')).toBe('federate-orders')
    expect(sessionNameOf({ sub: 'x' }, 'y')).toBe('federate-x')
    expect(sessionNameOf(undefined, 'y')).toBe('federate-y')
    expect(sessionNameOf(undefined, undefined)).toBe('federate-session')
  })
})
