import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FederateError } from '../errors.ts'
import { errorOf } from '../test-support.ts'
import { parseIssuerUrl } from './issuer-url.ts'

describe('parseIssuerUrl', () => {
  it.each([
    'https://keycloak.example.com/realms/prod',
    'https://keycloak.example.com',
    'https://keycloak.example.com:8443/auth/realms/prod',
    'https://keycloak.example.com/realms/my%20realm',
    'https://KC.example.com/realms/Prod',
    'http://localhost:8080/realms/prod',
    'http://127.0.0.1/realms/prod',
    'http://127.8.9.10:81/realms/prod',
    'http://[::1]:8080/realms/prod',
    'https://10.0.0.1/realms/prod',
  ])('returns %s unchanged', (text) => {
    expect(parseIssuerUrl(text)).toBe(text)
  })

  it.each([
    ['keycloak.example.com/realms/prod', 'ISSUER_URL_INVALID', 'Give the whole URL'],
    ['', 'ISSUER_URL_INVALID', 'Give the whole URL'],
    ['mailto:a@b.c', 'ISSUER_URL_INVALID', 'Give the whole URL'],
    ['http://keycloak.example.com/realms/prod', 'ISSUER_URL_SCHEME', 'Give the https URL'],
    ['http://10.0.0.1/realms/prod', 'ISSUER_URL_SCHEME', 'Give the https URL'],
    ['ftp://localhost/realms/prod', 'ISSUER_URL_SCHEME', 'Give the https URL'],
    ['https://kc.example.com/realms/prod/', 'ISSUER_URL_TRAILING_SLASH', 'Give https://kc.example.com/realms/prod.'],
    ['https://kc.example.com/realms/prod?x=1', 'ISSUER_URL_QUERY', 'Give https://kc.example.com/realms/prod.'],
    ['https://kc.example.com/realms/prod?', 'ISSUER_URL_QUERY', 'Give https://kc.example.com/realms/prod.'],
    ['https://kc.example.com/realms/prod#x', 'ISSUER_URL_FRAGMENT', 'Give https://kc.example.com/realms/prod.'],
    [
      'https://kc.example.com/realms/prod/.well-known/openid-configuration',
      'ISSUER_URL_DISCOVERY',
      'Give https://kc.example.com/realms/prod.',
    ],
    ['https://kc.example.com:443/realms/prod', 'ISSUER_URL_NOT_CANONICAL', 'Give https://kc.example.com/realms/prod.'],
    ['https://kc.example.com/a/../realms/prod', 'ISSUER_URL_NOT_CANONICAL', 'Give https://kc.example.com/realms/prod.'],
    [' https://kc.example.com/realms/prod', 'ISSUER_URL_NOT_CANONICAL', 'Give https://kc.example.com/realms/prod.'],
  ])('refuses "%s" with %s', async (text, code, next) => {
    const error = await errorOf(() => parseIssuerUrl(text))
    expect(error).toMatchObject({ code, outcome: 'usage' })
    expect(error.next).toContain(next)
  })

  it.each([
    ['https://billing:hunter2@kc.example.com/realms/prod', 'ISSUER_URL_USERINFO'],
    ['https://billing:hunter2@bad host/realms/prod', 'ISSUER_URL_INVALID'],
    ['https://billing:hun/hunter2@kc.example.com', 'ISSUER_URL_INVALID'],
    ['https://kc.example.com/realms/prod?token=hunter2', 'ISSUER_URL_QUERY'],
  ])('does not repeat the password in %s', async (text, code) => {
    const error = await errorOf(() => parseIssuerUrl(text))
    expect(error.code).toBe(code)
    expect(error.message).not.toContain('hunter2')
  })

  it("takes the slash after a bare host, as Auth0's issuers have it", () => {
    expect(parseIssuerUrl('https://acme.eu.auth0.com/')).toBe('https://acme.eu.auth0.com/')
    expect(parseIssuerUrl('https://acme.eu.auth0.com')).toBe('https://acme.eu.auth0.com')
  })

  it('says of a trailing slash that it is one', async () => {
    const error = await errorOf(() => parseIssuerUrl('https://kc.example.com/realms/prod//'))
    expect(error.message).toBe(
      'The issuer URL https://kc.example.com/realms/prod// ends with a slash, and the "iss" of its tokens would not be equal to it. Give https://kc.example.com/realms/prod.',
    )
  })

  it('returns a URL that means itself, or throws its own error', () => {
    const text = fc.oneof(fc.string(), fc.webUrl({ withQueryParameters: true, withFragments: true }), fc.webUrl())
    fc.assert(
      fc.property(text, (given) => {
        try {
          expect(parseIssuerUrl(given)).toBe(given)
          expect(given).not.toMatch(/[?#\s]|[^/]\/[^/]+\/$/)
          expect(new URL(given).username + new URL(given).password).toBe('')
          const base = given.replace(/\/$/, '')
          expect(new URL(`${base}/x`).href.toLowerCase()).toBe(`${base}/x`.toLowerCase())
        } catch (error) {
          expect(error).toBeInstanceOf(FederateError)
        }
      }),
    )
  })

  it('accepts every https origin with a realm, with and without port and base path', () => {
    const segment = fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/)
    const port = fc.option(fc.integer({ min: 1, max: 65_535 }).filter((one) => one !== 443))
    fc.assert(
      fc.property(fc.domain(), port, fc.boolean(), segment, (host, number, old, realm) => {
        const url = `https://${host}${number === null ? '' : `:${number}`}${old ? '/auth' : ''}/realms/${realm}`
        expect(parseIssuerUrl(url)).toBe(url)
      }),
    )
  })
})
