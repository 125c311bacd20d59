import { clientSecret } from '@federate/core'
import { keycloak } from '@federate/keycloak'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { describe, expect, it } from 'vitest'
import { leftOf } from '../keycloak/clock.ts'
import type { Subject } from './suite.ts'
import { billing, refreshing } from './tested-realm.ts'
import { accessTokenOf, askToken, basic, refresh, tokenOf, type WireAnswer } from './wire.ts'

export function refreshSuite(subject: () => Subject): void {
  const grant = (scope?: string, client = refreshing): Promise<WireAnswer> =>
    askToken(subject().issuer, scope === undefined ? {} : { scope }, basic(client))
  const refreshed = (parameters: Record<string, string>, client = refreshing): Promise<WireAnswer> =>
    refresh(subject().issuer, client, parameters)

  describe('a client with refresh tokens', () => {
    it('is answered with one, and with the session in answer and token', async () => {
      const answer = await grant('api://orders')
      expect(Object.keys(answer.body)).toEqual([
        ...['access_token', 'expires_in', 'refresh_expires_in', 'refresh_token', 'token_type'],
        ...['not-before-policy', 'session_state', 'scope'],
      ])
      expect(answer.body).toMatchObject({
        expires_in: leftOf(1_200),
        refresh_expires_in: leftOf(1_800),
        scope: 'api://orders',
      })
      const claims = decodeJwt(accessTokenOf(answer))
      expect(Object.keys(claims)).toEqual([...['exp', 'iat', 'jti', 'iss', 'aud', 'sub', 'typ', 'azp', 'sid', 'scope']])
      expect(claims).toMatchObject({
        sid: answer.body['session_state'],
        jti: expect.stringMatching(/^onrtcc:[\da-f-]{36}$/),
      })
    })

    it('has a session of its own from every grant', async () => {
      const [one, other] = [await grant(), await grant()]
      expect(one.body['session_state']).not.toBe(other.body['session_state'])
    })

    it('has a refresh token with these claims and this header, in this order', async () => {
      const { issuer } = subject()
      const answer = await grant('api://orders')
      const token = tokenOf(answer, 'refresh_token')
      expect(Object.keys(decodeProtectedHeader(token))).toEqual(['alg', 'typ', 'kid'])
      expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'HS512', typ: 'JWT' })
      const { scope, ...claims } = decodeJwt(token)
      expect(Object.keys(claims)).toEqual([
        ...['exp', 'iat', 'jti', 'iss', 'aud', 'sub', 'typ', 'azp', 'sid', 'aud_x', 'prov'],
      ])
      const named = { typ: 'Refresh', azp: 'refreshing', sid: answer.body['session_state'], prov: 'default' }
      expect(claims).toMatchObject({ ...named, iss: issuer, aud: issuer, aud_x: 'api://orders' })
      expect(String(scope).split(' ').toSorted()).toEqual(['api://orders', 'basic'])
    })
  })

  describe('a refresh', () => {
    it('gives tokens of the same session and the same claims, and a refresh token again', async () => {
      const first = await grant('api://orders')
      const second = await refreshed({ refresh_token: tokenOf(first, 'refresh_token') })
      expect(second).toMatchObject({ status: 200, cacheControl: 'no-store' })
      expect(Object.keys(second.body)).toEqual(Object.keys(first.body))
      expect(second.body).toMatchObject({ session_state: first.body['session_state'], scope: 'api://orders' })
      const [before, after] = [first, second].map((answer) => decodeJwt(accessTokenOf(answer)))
      const { iss, aud, sub, azp, sid, scope } = before ?? {}
      expect(after).toMatchObject({ iss, aud, sub, azp, sid, scope, jti: expect.stringMatching(/^onrtrt:/) })
      expect((await refreshed({ refresh_token: tokenOf(second, 'refresh_token') })).status).toBe(200)
    })

    it('can be done again with the same refresh token', async () => {
      const token = tokenOf(await grant(), 'refresh_token')
      expect((await refreshed({ refresh_token: token })).status).toBe(200)
      expect((await refreshed({ refresh_token: token })).status).toBe(200)
    })

    it.each([
      ['api://orders', 'api://orders', 'api://orders'],
      ['api://orders', 'basic', ''],
      ['api://orders', 'api://orders federate-aws', 'api://orders'],
      ['api://orders', 'federate-aws', ''],
    ])(
      'of a token for "%s" that asks for "%s" gives "%s", and leaves the session its scopes',
      async (had, asked, got) => {
        const answer = await refreshed({ refresh_token: tokenOf(await grant(had), 'refresh_token'), scope: asked })
        expect(answer.body['scope']).toBe(got)
        expect(decodeJwt(accessTokenOf(answer))).toMatchObject({ scope: got, azp: 'refreshing' })
        const again = await refreshed({ refresh_token: tokenOf(answer, 'refresh_token') })
        expect(again.body['scope']).toBe(had)
      },
    )

    it('is what @federate/keycloak does, in one session', async () => {
      const auth = clientSecret({ value: refreshing.secret })
      const source = keycloak({ issuer: subject().issuer, clientId: refreshing.clientId, auth })
      const first = await source.getToken()
      const second = await source.getToken({ forceRefresh: true })
      expect(second.fingerprint).not.toBe(first.fingerprint)
      expect(second.claims?.['sid']).toBe(first.claims?.['sid'])
    })
  })

  describe('a refresh is refused', () => {
    const otherClient = "Invalid refresh token. Token client and authorized client don't match"

    it.each(['', 'x', 'a.b.c'])('for "%s"', async (token) => {
      expect(await refreshed({ refresh_token: token })).toMatchObject({
        status: 400,
        cacheControl: 'no-store',
        body: { error: 'invalid_grant', error_description: 'Invalid refresh token' },
      })
    })

    it('without a refresh token', async () => {
      expect(await refreshed({})).toMatchObject({
        status: 400,
        body: { error: 'invalid_request', error_description: 'No refresh token' },
      })
    })

    it('for an access token, and for a changed one', async () => {
      const answer = await grant()
      const changed = `${tokenOf(answer, 'refresh_token').slice(0, -8)}AAAAAAAA`
      for (const token of [accessTokenOf(answer), changed]) {
        expect(await refreshed({ refresh_token: token })).toMatchObject({
          status: 400,
          body: { error: 'invalid_grant', error_description: 'Invalid refresh token' },
        })
      }
    })

    it('for the refresh token of another client', async () => {
      const token = tokenOf(await grant(), 'refresh_token')
      expect(await refreshed({ refresh_token: token }, billing)).toMatchObject({
        status: 400,
        body: { error: 'invalid_grant', error_description: otherClient },
      })
    })

    it('for a token whose azp a scope has set', async () => {
      const token = tokenOf(await grant('federate-aws'), 'refresh_token')
      expect(decodeJwt(token)).toMatchObject({ azp: 'sts.amazonaws.com', sub: 'service-account-refreshing' })
      expect(await refreshed({ refresh_token: token })).toMatchObject({
        status: 400,
        body: { error: 'invalid_grant', error_description: otherClient },
      })
    })

    it('with a wrong secret', async () => {
      const token = tokenOf(await grant(), 'refresh_token')
      expect(await refreshed({ refresh_token: token }, { ...refreshing, secret: 'x' })).toMatchObject({
        status: 401,
        body: { error: 'unauthorized_client' },
      })
    })

    it.each(['nonsense', '', 'api://detached'])('for the scope "%s", which is not attached', async (scope) => {
      const token = tokenOf(await grant(), 'refresh_token')
      expect(await refreshed({ refresh_token: token, scope })).toMatchObject({
        status: 400,
        body: { error: 'invalid_scope', error_description: `Invalid scopes: ${scope}` },
      })
    })
  })
}
