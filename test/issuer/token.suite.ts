import { clientSecret, privateKeyJwt } from '@federate/core'
import { keycloak } from '@federate/keycloak'
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, exportJWK, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { leftOf, lifeOf } from '../keycloak/clock.ts'
import type { Subject } from './suite.ts'
import { apiOnly, awkward, billing, customClaims } from './tested-realm.ts'
import { accessTokenOf, askToken, basic } from './wire.ts'

const uuid = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/

export function tokenSuite(subject: () => Subject): void {
  const tokenFor = async (scope: string | undefined, client = billing) => {
    const answer = await askToken(subject().issuer, scope === undefined ? {} : { scope }, basic(client))
    return { answer, token: accessTokenOf(answer) }
  }

  describe('a token for AWS', () => {
    it('has exactly these claims and this header, in this order', async () => {
      const { token } = await tokenFor('federate-aws')
      expect(Object.keys(decodeProtectedHeader(token))).toEqual(['alg', 'typ', 'kid'])
      expect(Object.keys(decodeJwt(token))).toEqual(['exp', 'iat', 'jti', 'iss', 'aud', 'sub', 'typ', 'azp', 'scope'])
    })

    it('has the audience in aud and azp, and the service account by name as sub', async () => {
      const { token } = await tokenFor('federate-aws')
      expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'RS256', typ: 'JWT' })
      expect(decodeJwt(token)).toMatchObject({
        iss: subject().issuer,
        aud: 'sts.amazonaws.com',
        azp: 'sts.amazonaws.com',
        sub: 'service-account-billing',
        typ: 'Bearer',
        scope: 'federate-aws',
        jti: expect.stringMatching(/^trrtcc:[\da-f-]{36}$/),
      })
    })

    it('lives for as long as the client says, and the answer says so', async () => {
      const { answer, token } = await tokenFor('federate-aws')
      const { exp = 0, iat = 0 } = decodeJwt(token)
      expect(exp - iat).toEqual(lifeOf(1_200))
      expect({ ...answer.body, access_token: undefined }).toEqual({
        expires_in: leftOf(1_200),
        refresh_expires_in: 0,
        token_type: 'Bearer',
        'not-before-policy': 0,
        scope: 'federate-aws',
      })
    })

    it('is signed by a key of the JWKS', async () => {
      const { issuer } = subject()
      const { token } = await tokenFor('federate-aws')
      const keys = createRemoteJWKSet(new URL(`${issuer}/protocol/openid-connect/certs`))
      await expect(jwtVerify(token, keys, { issuer, audience: 'sts.amazonaws.com' })).resolves.toBeDefined()
    })

    it('is what @federate/keycloak gets for the audience of AWS, by a secret and by a key', async () => {
      const { issuer, realm } = subject()
      const jwk = { ...(await exportJWK(realm.privateKey)), alg: 'RS256' }
      const bySecret = keycloak({ issuer, clientId: 'billing', auth: clientSecret({ value: billing.secret }) })
      const byKey = keycloak({ issuer, clientId: 'signed', auth: privateKeyJwt({ jwk }) })
      const tokens = await Promise.all([bySecret, byKey].map((one) => one.getToken({ audience: 'sts.amazonaws.com' })))
      expect(tokens.map((token) => token.claims?.['aud'])).toEqual(['sts.amazonaws.com', 'sts.amazonaws.com'])
      expect(tokens.map((token) => token.claims?.['sub'])).toEqual([
        'service-account-billing',
        'service-account-signed',
      ])
    })
  })

  describe('a token for an API', () => {
    it('keeps the client in azp and the UUID in sub', async () => {
      const { token } = await tokenFor('api://orders')
      expect(decodeJwt(token)).toMatchObject({ aud: 'api://orders', azp: 'billing', scope: 'api://orders' })
      expect(decodeJwt(token).sub).toMatch(uuid)
    })

    it('has the same sub every time', async () => {
      const [one, other] = [await tokenFor('api://orders'), await tokenFor('api://orders')]
      expect(decodeJwt(one.token).sub).toBe(decodeJwt(other.token).sub)
    })
  })

  describe('a token without a scope', () => {
    it('has no aud at all', async () => {
      const { token } = await tokenFor(undefined)
      expect(Object.keys(decodeJwt(token))).toEqual(['exp', 'iat', 'jti', 'iss', 'sub', 'typ', 'azp', 'scope'])
      expect(decodeJwt(token)).toMatchObject({ azp: 'billing', scope: '' })
    })
  })

  describe('a token for both', () => {
    it('has both audiences, and the cloud scope overrides', async () => {
      const { token } = await tokenFor('api://orders federate-aws')
      const { aud, sub, scope } = decodeJwt(token)
      expect([aud].flat().toSorted()).toEqual(['api://orders', 'sts.amazonaws.com'])
      expect(sub).toBe('service-account-billing')
      expect(String(scope).split(' ').toSorted()).toEqual(['api://orders', 'federate-aws'])
    })
  })

  describe('claims of the service', () => {
    it('arrive with their JSON types, dots in names included', async () => {
      const { token } = await tokenFor('federate-aws', awkward)
      const claims = decodeJwt(token)
      expect(claims).toMatchObject(customClaims)
      const ofEveryToken = ['exp', 'iat', 'jti', 'iss', 'aud', 'sub', 'typ', 'azp', 'scope']
      expect(Object.keys(claims).toSorted()).toEqual([...ofEveryToken, ...Object.keys(customClaims)].toSorted())
    })

    it('leave the lower-cased client id in sub', async () => {
      const { token } = await tokenFor('federate-aws', awkward)
      expect(decodeJwt(token).sub).toBe('service-account-reporting')
    })
  })

  describe('a scope that is not attached', () => {
    const scopes = [
      'api://detached',
      'nonsense',
      'federate-aws api://detached',
      'Federate-AWS',
      '',
      'federate-aws  api://orders',
    ]
    it.each(scopes)('"%s" is refused as a whole', async (scope) => {
      const answer = await askToken(subject().issuer, { scope }, basic(billing))
      expect(answer).toMatchObject({
        status: 400,
        body: { error: 'invalid_scope', error_description: `Invalid scopes: ${scope}` },
      })
    })

    it('is refused to core with the code for scopes', async () => {
      const auth = clientSecret({ value: apiOnly.secret })
      const source = keycloak({ issuer: subject().issuer, clientId: apiOnly.clientId, auth })
      await expect(source.getToken({ audience: 'sts.amazonaws.com' })).rejects.toMatchObject({
        code: 'ISSUER_REFUSED_SCOPE',
        outcome: 'refused',
      })
    })
  })
}
