import { clientSecret } from '@federate/core'
import { keycloak } from '@federate/keycloak'
import { describe, expect, it } from 'vitest'
import type { Subject } from './suite.ts'
import { billing, namedSubject, refreshing } from './tested-realm.ts'
import { accessTokenOf, askToken, basic, type Parameters, post, refresh, tokenOf, type WireAnswer } from './wire.ts'

const revoked = { status: 200, contentType: null, cacheControl: null, body: {} }
const invalid = {
  status: 200,
  contentType: 'application/json',
  body: { error: 'invalid_token', error_description: 'Invalid token' },
}
const otherClient = { status: 400, body: { error: 'invalid_request', error_description: 'Unmatching clients' } }
const words = 'Invalid client or Invalid client credentials'

export function revocationSuite(subject: () => Subject): void {
  const grant = (client = billing, scope?: string): Promise<WireAnswer> =>
    askToken(subject().issuer, scope === undefined ? {} : { scope }, basic(client))
  const revoke = (parameters: Parameters, client = billing): Promise<WireAnswer> =>
    post(subject().issuer, 'revoke', parameters, basic(client))

  describe('revocation of an access token', () => {
    it.each([undefined, 'api://orders'])('with the scope %s is granted, and again', async (scope) => {
      const token = accessTokenOf(await grant(billing, scope))
      expect(await revoke({ token, token_type_hint: 'access_token' })).toMatchObject(revoked)
      expect(await revoke({ token })).toMatchObject(revoked)
    })

    it.each(['nonsense', 'refresh_token'])('does not heed the hint %s', async (hint) => {
      expect(await revoke({ token: accessTokenOf(await grant()), token_type_hint: hint })).toMatchObject(revoked)
    })

    it('leaves its session as it is', async () => {
      const answer = await grant(refreshing)
      expect(await revoke({ token: accessTokenOf(answer) }, refreshing)).toMatchObject(revoked)
      const token = tokenOf(answer, 'refresh_token')
      expect((await refresh(subject().issuer, refreshing, { refresh_token: token })).status).toBe(200)
    })

    it('is refused where a scope has set azp, with a session and without', async () => {
      for (const client of [billing, refreshing]) {
        const token = accessTokenOf(await grant(client, 'federate-aws'))
        expect(await revoke({ token }, client)).toMatchObject(otherClient)
      }
    })

    it('is refused where a scope has set sub, unless there is a session', async () => {
      const without = accessTokenOf(await grant(billing, namedSubject.name))
      expect(await revoke({ token: without })).toMatchObject(invalid)
      const within = accessTokenOf(await grant(refreshing, namedSubject.name))
      expect(await revoke({ token: within }, refreshing)).toMatchObject(revoked)
    })
  })

  describe('revocation of a refresh token', () => {
    it('ends its session and no other', async () => {
      const { issuer } = subject()
      const [ended, other] = [await grant(refreshing), await grant(refreshing)]
      const token = tokenOf(ended, 'refresh_token')
      expect(await revoke({ token, token_type_hint: 'refresh_token' }, refreshing)).toMatchObject(revoked)
      expect(await revoke({ token }, refreshing)).toMatchObject(invalid)
      expect(await revoke({ token: accessTokenOf(ended) }, refreshing)).toMatchObject(invalid)
      expect(await refresh(issuer, refreshing, { refresh_token: token })).toMatchObject({
        status: 400,
        body: { error: 'invalid_grant', error_description: 'Session not active' },
      })
      const living = tokenOf(other, 'refresh_token')
      expect((await refresh(issuer, refreshing, { refresh_token: living })).status).toBe(200)
    })

    it('is refused where a scope has set azp, and granted where it has set sub', async () => {
      const cloud = tokenOf(await grant(refreshing, 'federate-aws'), 'refresh_token')
      expect(await revoke({ token: cloud }, refreshing)).toMatchObject(otherClient)
      const named = tokenOf(await grant(refreshing, namedSubject.name), 'refresh_token')
      expect(await revoke({ token: named }, refreshing)).toMatchObject(revoked)
    })
  })

  describe('revocation is refused', () => {
    it.each(['', 'x', 'a.b.c'])('for "%s"', async (token) => {
      expect(await revoke({ token })).toMatchObject(invalid)
    })

    it('for a changed token', async () => {
      const token = `${accessTokenOf(await grant()).slice(0, -8)}AAAAAAAA`
      expect(await revoke({ token })).toMatchObject(invalid)
    })

    it('for tokens of another client', async () => {
      const answer = await grant(refreshing)
      expect(await revoke({ token: accessTokenOf(answer) })).toMatchObject(otherClient)
      expect(await revoke({ token: tokenOf(answer, 'refresh_token') })).toMatchObject(otherClient)
    })

    const wrong: [string, Parameters, string][] = [
      ['without a token', {}, 'Token not provided'],
      ['for two tokens', 'token=x&token=y', 'duplicated parameter'],
    ]
    it.each(wrong)('%s', async (_name, parameters, description) => {
      const body = { error: 'invalid_request', error_description: description }
      expect(await revoke(parameters)).toMatchObject({ status: 400, cacheControl: null, body })
    })

    it('to whoever does not prove a client', async () => {
      const { issuer } = subject()
      const unknown = { status: 401, body: { error: 'invalid_client', error_description: words } }
      expect(await post(issuer, 'revoke', { token: 'x' })).toMatchObject(unknown)
      expect(await revoke({ token: 'x' }, { clientId: 'nobody', secret: 'x' })).toMatchObject(unknown)
      expect(await revoke('token=x&token=y', { ...billing, secret: 'x' })).toMatchObject({
        status: 401,
        body: { error: 'unauthorized_client', error_description: words },
      })
    })
  })

  describe('what @federate/keycloak revokes', () => {
    const source = (client: { clientId: string; secret: string }) =>
      keycloak({
        issuer: subject().issuer,
        clientId: client.clientId,
        auth: clientSecret({ value: client.secret }),
      })

    it('is the session and its tokens', async () => {
      const tokens = source(refreshing)
      await tokens.getToken()
      const results = await tokens.revoke()
      expect(results.map(({ kind, revoked: done }) => [kind, done])).toEqual([
        ['refresh_token', true],
        ['access_token', true],
      ])
    })

    it('is not the token for a cloud, and that is said', async () => {
      const tokens = source(billing)
      await tokens.getToken()
      await tokens.getToken({ audience: 'sts.amazonaws.com' })
      const results = await tokens.revoke()
      expect(results.map(({ revoked: done }) => done).toSorted()).toEqual([false, true])
    })
  })
}
