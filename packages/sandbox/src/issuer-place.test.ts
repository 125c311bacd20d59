import { describe, expect, it } from 'vitest'
import { issuerPlace } from './issuer-place.ts'

describe('issuerPlace', () => {
  it.each([
    [
      'http://127.0.0.1:8180/realms/acme',
      { url: 'http://127.0.0.1:8180', host: '127.0.0.1', port: 8180, realm: 'acme' },
    ],
    [
      'http://localhost:80/auth/realms/a%20b',
      { url: 'http://localhost/auth', host: 'localhost', port: 80, realm: 'a b' },
    ],
    ['http://[::1]:9/realms/x', { url: 'http://[::1]:9', host: '::1', port: 9, realm: 'x' }],
  ])('reads %s', (issuer, place) => {
    expect(issuerPlace(issuer)).toEqual(place)
  })

  it.each([
    ['https://127.0.0.1:8180/realms/acme', 'http on a loopback'],
    ['http://keycloak.example.com/realms/acme', 'http on a loopback'],
    ['http://127.0.0.1.example.com/realms/acme', 'http on a loopback'],
    ['not a url', 'http on a loopback'],
    ['http://127.0.0.1:8180', '/realms/<name>'],
    ['http://127.0.0.1:8180/realms/acme/more', '/realms/<name>'],
  ])('refuses %s', (issuer, reason) => {
    expect(() => issuerPlace(issuer)).toThrowError(
      expect.objectContaining({
        code: 'SANDBOX_ISSUER_URL',
        outcome: 'usage',
        problem: expect.stringContaining(issuer),
        message: expect.stringContaining(reason),
      }),
    )
  })
})
