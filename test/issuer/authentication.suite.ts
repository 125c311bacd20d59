import { clientSecret, clientSecretJwt, privateKeyJwt } from '@federate/core'
import { keycloak } from '@federate/keycloak'
import { generateKeyPair } from 'jose'
import { describe, expect, it } from 'vitest'
import { leftOf } from '../keycloak/clock.ts'
import type { Subject } from './suite.ts'
import { awkward, billing, hmac } from './tested-realm.ts'
import { type AssertionOptions, askToken, asserted, basic, type Parameters } from './wire.ts'

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const words = 'Invalid client or Invalid client credentials'

export function authenticationSuite(subject: () => Subject): void {
  describe('client_secret', () => {
    it.each(['client_secret_basic', 'client_secret_post'] as const)(
      '%s is accepted, form-encoding included',
      async (method) => {
        const auth = clientSecret({ value: awkward.secret, method })
        const token = await keycloak({ issuer: subject().issuer, clientId: awkward.clientId, auth }).getToken()
        expect(token.claims?.['azp']).toBe(awkward.clientId)
      },
    )

    it('is refused to core with the code for a wrong client', async () => {
      const auth = clientSecret({ value: 'not-it' })
      const source = keycloak({ issuer: subject().issuer, clientId: billing.clientId, auth })
      await expect(source.getToken()).rejects.toMatchObject({ code: 'ISSUER_REFUSED_CLIENT', outcome: 'refused' })
    })

    const refusals: [string, Parameters, Record<string, string>, string][] = [
      ['a wrong secret', {}, basic({ ...billing, secret: 'not-it' }), 'unauthorized_client'],
      ['a wrong secret in the body', { client_id: 'billing', client_secret: 'not-it' }, {}, 'unauthorized_client'],
      ['no secret', { client_id: 'billing' }, {}, 'unauthorized_client'],
      ['two clients in one request', { client_id: 'api-only' }, basic(billing), 'unauthorized_client'],
      ['an unknown client in the body', { client_id: 'nobody' }, basic(billing), 'invalid_client'],
      ['an unknown client', {}, basic({ clientId: 'nobody', secret: 'x' }), 'invalid_client'],
      ['a client id in another case', {}, basic({ ...awkward, clientId: 'reporting' }), 'invalid_client'],
      ['no client at all', {}, {}, 'invalid_client'],
      ['an Authorization header without a colon', {}, { authorization: 'Basic YmlsbGluZw==' }, 'invalid_client'],
    ]
    it.each(refusals)('%s is refused', async (_name, parameters, headers, error) => {
      const answer = await askToken(subject().issuer, parameters, headers)
      expect(answer).toMatchObject({ status: 401, body: { error, error_description: words } })
    })
  })

  describe('client_secret_jwt', () => {
    const source = (value: string, algorithm?: string) =>
      keycloak({ issuer: subject().issuer, clientId: hmac.clientId, auth: clientSecretJwt({ value, algorithm }) })

    it('is accepted, for the issuer and for the token endpoint', async () => {
      for (const audience of ['issuer', 'token_endpoint'] as const) {
        const auth = clientSecretJwt({ value: hmac.secret, audience })
        const token = await keycloak({ issuer: subject().issuer, clientId: hmac.clientId, auth }).getToken()
        expect(token.claims?.['azp']).toBe('hmac')
      }
    })

    it('is refused with another secret, with another algorithm, and as a secret that is sent', async () => {
      const refusal = { code: 'ISSUER_REFUSED_CLIENT', outcome: 'refused' }
      await expect(source('another secret of the same client').getToken()).rejects.toMatchObject(refusal)
      await expect(source(hmac.secret, 'HS512').getToken()).rejects.toMatchObject(refusal)
      expect(await askToken(subject().issuer, {}, basic(hmac))).toMatchObject({
        status: 400,
        body: { error: 'invalid_client', error_description: 'Parameter client_assertion_type is missing' },
      })
    })

    it('is refused in the same words', async () => {
      const parameters = { client_id: 'hmac', client_assertion_type: assertionType, client_assertion: 'x' }
      expect(await askToken(subject().issuer, parameters)).toMatchObject({
        status: 400,
        body: {
          error: 'unauthorized_client',
          error_description:
            'Client authentication with client secret signed JWT failed: java.lang.IllegalArgumentException: Parsing error',
        },
      })
    })
  })

  describe('private_key_jwt', () => {
    const signatures = [
      ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'].map((algorithm) => [algorithm, 'rsa'] as const),
      ...([
        ['ES256', 'p256'],
        ['ES384', 'p384'],
        ['ES512', 'p521'],
        ['EdDSA', 'ed25519'],
      ] as const),
    ]
    it.each(signatures)('%s is accepted from a JWKS, the key chosen by its kid', async (algorithm, keyId) => {
      const { issuer, realm } = subject()
      const auth = privateKeyJwt({ jwk: realm.privateKeys, keyId, algorithm })
      const token = await keycloak({ issuer, clientId: 'signed', auth }).getToken()
      expect(token.claims?.['azp']).toBe('signed')
    })

    it('the right key under the wrong kid is refused', async () => {
      const { issuer, realm } = subject()
      const [rsa] = realm.privateKeys.keys
      const auth = privateKeyJwt({ jwk: { ...rsa, kid: 'p256' } })
      const source = keycloak({ issuer, clientId: 'signed', auth })
      await expect(source.getToken()).rejects.toMatchObject({ code: 'ISSUER_REFUSED_CLIENT' })
    })

    const claims = (claims: () => Record<string, unknown>) => (): AssertionOptions => ({ claims: claims() })
    const now = () => Math.floor(Date.now() / 1000)

    const accepted: [string, () => AssertionOptions][] = [
      ['with the issuer as audience', () => ({})],
      [
        'with the token endpoint as audience',
        claims(() => ({ aud: `${subject().issuer}/protocol/openid-connect/token` })),
      ],
      ['with a list of one audience', claims(() => ({ aud: [subject().issuer] }))],
      ['issued a little in the future', claims(() => ({ iat: now() + 8 }))],
    ]
    it.each(accepted)('an assertion %s is accepted', async (_name, options) => {
      const { issuer, realm } = subject()
      const answer = await askToken(issuer, await asserted(issuer, realm.privateKey, options()))
      expect(answer).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: leftOf(1_200) } })
    })

    const refused: [string, () => AssertionOptions, string][] = [
      ['for another audience', claims(() => ({ aud: 'https://elsewhere.example' })), 'Invalid token audience'],
      ['for two audiences', claims(() => ({ aud: [subject().issuer, 'x'] })), 'Multiple audiences not allowed'],
      ['without an audience', claims(() => ({ aud: undefined })), 'Invalid token audience'],
      ['that expired', claims(() => ({ exp: now() - 5, iat: now() - 30 })), 'Token is not active'],
      ['not valid yet', claims(() => ({ nbf: now() + 40 })), 'Token is not active'],
      ['without exp', claims(() => ({ exp: undefined })), 'Token exp claim is required'],
      ['without jti', claims(() => ({ jti: undefined })), 'Token jti claim is required'],
      ['issued in the future', claims(() => ({ iat: now() + 40, exp: now() + 60 })), 'Token was issued in the future'],
      ['issued long ago', claims(() => ({ iat: now() - 90 })), 'Token was issued too far in the past to be used now'],
      [
        'without iat that lives too long',
        claims(() => ({ iat: undefined, exp: now() + 120 })),
        'Token expiration is too far in the future and iat claim not present in token',
      ],
      ['by an unknown key id', () => ({ keyId: 'another' }), 'Unable to load public key'],
    ]
    it.each(refused)('an assertion %s is refused', async (_name, options, description) => {
      const { issuer, realm } = subject()
      const answer = await askToken(issuer, await asserted(issuer, realm.privateKey, options()))
      expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_client', error_description: description } })
    })

    it('an assertion is refused the second time', async () => {
      const { issuer, realm } = subject()
      const parameters = await asserted(issuer, realm.privateKey)
      expect((await askToken(issuer, parameters)).status).toBe(200)
      expect(await askToken(issuer, parameters)).toMatchObject({
        status: 400,
        body: { error: 'invalid_client', error_description: 'Token reuse detected' },
      })
    })

    it('an assertion signed by another key is refused', async () => {
      const { privateKey } = await generateKeyPair('RS256')
      const answer = await askToken(subject().issuer, await asserted(subject().issuer, privateKey))
      expect(answer.status).toBe(400)
      expect(answer.body['error_description']).toBe(
        'Client authentication with signed JWT failed: Signature on JWT token failed validation',
      )
    })

    it('an assertion that names a client which has a secret is refused', async () => {
      const { issuer, realm } = subject()
      const claims = { iss: 'billing', sub: 'billing' }
      const answer = await askToken(issuer, await asserted(issuer, realm.privateKey, { claims }))
      expect(answer).toMatchObject({ status: 401, body: { error_description: words } })
    })

    it('a client with a key cannot use a secret', async () => {
      const answer = await askToken(subject().issuer, {}, basic({ clientId: 'signed', secret: 'x' }))
      expect(answer).toMatchObject({
        status: 400,
        body: { error: 'invalid_client', error_description: 'Parameter client_assertion_type is missing' },
      })
    })
  })
}
