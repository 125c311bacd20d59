import { describe, expect, it } from 'vitest'
import { errorOf, fakeFetch, type Reply } from '../test-support.ts'
import { discoverIssuer } from './discovery.ts'

const issuer = 'https://kc.example.com/realms/prod'
const document = { issuer, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/certs` }

function discover(body: string | object, asked = issuer, reply: Reply = {}) {
  const { fetch } = fakeFetch(() => ({ body, ...reply }))
  return discoverIssuer(asked, { fetch })
}

describe('discoverIssuer', () => {
  it('reads the document of OpenID Connect', async () => {
    const methods = ['private_key_jwt', 'client_secret_post']
    const metadata = await discover({
      ...document,
      token_endpoint_auth_methods_supported: methods,
      token_endpoint_auth_signing_alg_values_supported: ['RS256', 1],
    })
    expect(metadata).toEqual({
      issuer,
      tokenEndpoint: `${issuer}/token`,
      jwksUri: `${issuer}/certs`,
      mtlsAliases: {},
      tokenEndpointAuthMethods: methods,
      tokenEndpointAuthAlgorithms: ['RS256'],
    })
  })

  it('fills in the defaults, and does without jwks_uri', async () => {
    expect(await discover({ issuer, token_endpoint: `${issuer}/token` })).toEqual({
      issuer,
      tokenEndpoint: `${issuer}/token`,
      mtlsAliases: {},
      tokenEndpointAuthMethods: ['client_secret_basic'],
      tokenEndpointAuthAlgorithms: [],
    })
  })

  it.each([
    [issuer, 'https://kc.example.com/.well-known/oauth-authorization-server/realms/prod'],
    ['https://id.example.com:8443', 'https://id.example.com:8443/.well-known/oauth-authorization-server'],
  ])('asks for the document of RFC 8414 of %s after a 404', async (asked, second) => {
    const { fetch, calls } = fakeFetch(({ url }) =>
      url === second ? { body: { ...document, issuer: asked } } : { status: 404, body: '<html>' },
    )
    expect((await discoverIssuer(asked, { fetch })).issuer).toBe(asked)
    expect(calls.map(({ url }) => url)).toEqual([`${asked}/.well-known/openid-configuration`, second])
  })

  it('says that it is no issuer when both are missing', async () => {
    const error = await errorOf(() => discover('', issuer, { status: 404 }))
    expect(error).toMatchObject({ code: 'ISSUER_NOT_FOUND', outcome: 'unreachable' })
    expect(error.problem).toContain(`${issuer} is not an OpenID Connect or OAuth issuer`)
    expect(error.next).toContain('with /auth before /realms')
    const old = await errorOf(() => discover('', 'https://kc.example.com/auth/realms/prod', { status: 404 }))
    expect(old.next).toContain('without /auth')
  })

  it.each([
    [`${issuer}/`, 'without the slash at its end'],
    ['https://kc.example.com/auth/realms/prod', 'base path /auth: give https://kc.example.com/auth/realms/prod'],
    ['https://kc.example.com/realms/Prod', 'upper and lower case: give https://kc.example.com/realms/Prod'],
    ['http://keycloak:8080/realms/prod', "--hostname (or the realm's Frontend URL)"],
    ['https://kc.example.com/realms/other', 'Give https://kc.example.com/realms/other if that is the issuer you mean'],
    [undefined, 'Check that the URL is that of an OpenID Connect issuer'],
  ])('refuses a document of the issuer %s', async (stated, hint) => {
    const error = await errorOf(() => discover({ ...document, issuer: stated }))
    expect(error).toMatchObject({
      code: 'ISSUER_MISMATCH',
      outcome: 'refused',
      details: { asked: issuer, stated: stated ?? null },
    })
    expect(error.problem).toContain(`given as ${issuer}, but`)
    expect(error.problem).toContain(`its issuer is ${stated ?? 'nothing'};`)
    expect(error.next).toContain(hint)
  })

  it.each([
    ['token_endpoint', 'http://kc.example.com/token'],
    ['jwks_uri', 'http://keycloak:8080/certs'],
    ['token_endpoint', 'not a url'],
  ])('refuses %s %s', async (name, value) => {
    const error = await errorOf(() => discover({ ...document, [name]: value }))
    expect(error).toMatchObject({ code: 'ISSUER_ENDPOINT_INSECURE', outcome: 'failed' })
    expect(error.problem).toContain(`names ${value} as its ${name}`)
  })

  it('reads where clients with a certificate ask (RFC 8705 section 5)', async () => {
    const revocation = { revocation_endpoint: `${issuer}/revoke` }
    const aliases = {
      token_endpoint: 'https://mtls.example.com/token',
      revocation_endpoint: 'https://mtls.example.com/r',
    }
    const { mtlsAliases } = await discover({ ...document, ...revocation, mtls_endpoint_aliases: aliases })
    expect(mtlsAliases).toEqual({
      [`${issuer}/token`]: 'https://mtls.example.com/token',
      [`${issuer}/revoke`]: 'https://mtls.example.com/r',
    })
    const insecure = { token_endpoint: 'http://mtls.example.com/token' }
    const error = await errorOf(() => discover({ ...document, mtls_endpoint_aliases: insecure }))
    expect(error.code).toBe('ISSUER_ENDPOINT_INSECURE')
  })

  it('accepts http on loopback', async () => {
    const metadata = await discover({ ...document, token_endpoint: 'http://127.0.0.1:8080/token' })
    expect(metadata.tokenEndpoint).toBe('http://127.0.0.1:8080/token')
  })

  it('refuses a document without token_endpoint', async () => {
    const error = await errorOf(() => discover({ issuer }))
    expect(error).toMatchObject({ code: 'ISSUER_NO_TOKEN_ENDPOINT', outcome: 'failed' })
  })

  it.each([
    [{ status: 503, headers: { 'retry-after': '7' } }, 'ISSUER_UNAVAILABLE', { retryAfter: 7, transient: true }],
    [{ status: 429 }, 'ISSUER_UNAVAILABLE', { transient: true }],
    [{ status: 403 }, 'ISSUER_DISCOVERY_REFUSED', { status: 403 }],
    [{ headers: { 'content-type': 'text/html' } }, 'ISSUER_NOT_JSON', { contentType: 'text/html' }],
  ])('explains %j', async (reply, code, details) => {
    const error = await errorOf(() => discover('<html>', issuer, reply))
    expect(error).toMatchObject({ code, outcome: 'unreachable', details })
  })
})
