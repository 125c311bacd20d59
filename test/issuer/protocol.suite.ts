import { discoverIssuer, nodeFetch } from '@federate/core'
import { describe, expect, it } from 'vitest'
import type { Subject } from './suite.ts'
import { billing } from './tested-realm.ts'
import { ask, askToken, basic } from './wire.ts'

export function protocolSuite(subject: () => Subject): void {
  describe('discovery', () => {
    it('names the issuer and its endpoints', async () => {
      const { issuer } = subject()
      const answer = await ask(`${issuer}/.well-known/openid-configuration`)
      expect(answer).toMatchObject({
        status: 200,
        contentType: 'application/json',
        cacheControl: 'no-cache, must-revalidate, no-transform, no-store',
        body: {
          issuer,
          token_endpoint: `${issuer}/protocol/openid-connect/token`,
          revocation_endpoint: `${issuer}/protocol/openid-connect/revoke`,
          end_session_endpoint: `${issuer}/protocol/openid-connect/logout`,
          jwks_uri: `${issuer}/protocol/openid-connect/certs`,
          grant_types_supported: expect.arrayContaining(['client_credentials', 'refresh_token']),
          subject_types_supported: expect.arrayContaining(['public']),
          id_token_signing_alg_values_supported: expect.arrayContaining(['RS256']),
          token_endpoint_auth_methods_supported: expect.arrayContaining([
            'private_key_jwt',
            'client_secret_basic',
            'client_secret_post',
          ]),
          scopes_supported: expect.arrayContaining(['basic', 'federate-aws', 'api://orders', 'api://detached']),
        },
      })
    })

    it('is found by core', async () => {
      const { issuer } = subject()
      const metadata = await discoverIssuer(issuer, { fetch: nodeFetch() })
      expect(metadata).toMatchObject({ issuer, tokenEndpoint: `${issuer}/protocol/openid-connect/token` })
    })

    it('is the same by RFC 8414', async () => {
      const { issuer } = subject()
      const one = await ask(`${issuer}/.well-known/openid-configuration`)
      const other = await ask(`${issuer}/.well-known/oauth-authorization-server`)
      expect(Object.keys(other.body)).toEqual(Object.keys(one.body))
    })
  })

  describe('keys', () => {
    it('are one for signing and one for encryption, each with its certificate', async () => {
      const answer = await ask(`${subject().issuer}/protocol/openid-connect/certs`)
      expect(answer).toMatchObject({ status: 200, contentType: 'application/json', cacheControl: 'no-cache' })
      const keys = keysOf(answer.body).toSorted((one, other) => String(one['use']).localeCompare(String(other['use'])))
      const shape = { kty: 'RSA', kid: expect.any(String), x5c: [expect.any(String)], n: expect.any(String), e: 'AQAB' }
      expect(keys).toMatchObject([
        { ...shape, use: 'enc', alg: 'RSA-OAEP' },
        { ...shape, use: 'sig', alg: 'RS256' },
      ])
      for (const key of keys) {
        expect(Object.keys(key)).toEqual(['kid', 'kty', 'alg', 'use', 'x5c', 'x5t', 'x5t#S256', 'n', 'e'])
      }
    })
  })

  describe('wrong requests', () => {
    it.each(['GET', 'PUT', 'DELETE', 'PATCH'])('%s on the token endpoint is refused', async (method) => {
      const answer = await ask(`${subject().issuer}/protocol/openid-connect/token`, { method, headers: basic(billing) })
      expect(answer).toMatchObject({ status: 405, body: { error: 'HTTP 405 Method Not Allowed' } })
    })

    it.each(['GET', 'PUT', 'DELETE', 'PATCH'])('%s on the revocation endpoint is refused', async (method) => {
      const answer = await ask(`${subject().issuer}/protocol/openid-connect/revoke`, { method })
      expect(answer).toMatchObject({ status: 405, body: { error: 'HTTP 405 Method Not Allowed' } })
    })

    it.each([
      ['protocol/openid-connect/certs', 405, 'HTTP 405 Method Not Allowed'],
      ['.well-known/openid-configuration', 404, 'HTTP 404 Not Found'],
    ])('POST on %s is refused', async (path, status, error) => {
      expect(await ask(`${subject().issuer}/${path}`, { method: 'POST' })).toMatchObject({ status, body: { error } })
    })

    it.each(['.well-known/openid-configuration', 'protocol/openid-connect/certs', 'protocol/openid-connect/token'])(
      '%s of a realm that does not exist is not found',
      async (path) => {
        const answer = await ask(`${subject().url}/realms/nowhere/${path}`)
        expect(answer).toMatchObject({ status: 404, body: { error: 'Realm does not exist' } })
      },
    )

    it.each([
      ['protocol/openid-connect/nothing', 'HTTP 404 Not Found'],
      ['.well-known/nothing', 'HTTP 404 Not Found'],
      ['protocol/nothing', 'Protocol not found'],
    ])('%s is not found', async (path, error) => {
      expect(await ask(`${subject().issuer}/${path}`)).toMatchObject({ status: 404, body: { error } })
    })

    const grants: [string, string, string, string][] = [
      ['another grant type', 'grant_type=nonsense', 'unsupported_grant_type', 'Unsupported grant_type'],
      ['no grant type', 'scope=federate-aws', 'invalid_request', 'Missing form parameter: grant_type'],
      [
        'a parameter given twice',
        'grant_type=client_credentials&scope=federate-aws&scope=api%3A%2F%2Forders',
        'invalid_request',
        'duplicated parameter',
      ],
    ]
    it.each(grants)('%s is refused', async (_name, form, error, description) => {
      const answer = await askToken(subject().issuer, form, basic(billing))
      expect(answer).toMatchObject({
        status: 400,
        cacheControl: 'no-store',
        body: { error, error_description: description },
      })
    })

    it('a JSON body is not read as a form', async () => {
      const answer = await ask(`${subject().issuer}/protocol/openid-connect/token`, {
        method: 'POST',
        headers: { ...basic(billing), 'content-type': 'application/json' },
        body: JSON.stringify({ grant_type: 'client_credentials' }),
      })
      expect(answer.body['error_description']).toBe('Missing form parameter: grant_type')
    })

    it('a body without end is refused', async () => {
      const answer = await askToken(subject().issuer, { filler: 'x'.repeat(3_000_000) }, basic(billing))
      expect(answer).toMatchObject({ status: 413, body: { error: 'HTTP 413 Request Entity Too Large' } })
    })
  })
}

function keysOf(body: Readonly<Record<string, unknown>>): Record<string, unknown>[] {
  const { keys } = body
  if (!Array.isArray(keys)) throw new Error('the answer has no keys')
  return keys
}
