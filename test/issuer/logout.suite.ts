import { describe, expect, it } from 'vitest'
import type { Subject } from './suite.ts'
import { billing, refreshing } from './tested-realm.ts'
import { accessTokenOf, askToken, basic, type Parameters, post, refresh, tokenOf, type WireAnswer } from './wire.ts'

const ended = { status: 204, contentType: null, cacheControl: 'no-cache', body: {} }
const words = 'Invalid client or Invalid client credentials'

function refused(description: string): object {
  return { status: 400, cacheControl: null, body: { error: 'invalid_grant', error_description: description } }
}

export function logoutSuite(subject: () => Subject): void {
  const grant = (scope?: string): Promise<WireAnswer> =>
    askToken(subject().issuer, scope === undefined ? {} : { scope }, basic(refreshing))
  const logout = (parameters: Parameters, client = refreshing): Promise<WireAnswer> =>
    post(subject().issuer, 'logout', parameters, basic(client))

  describe('logout', () => {
    it('ends the session, and says so again', async () => {
      const answer = await grant()
      const token = tokenOf(answer, 'refresh_token')
      expect(await logout({ refresh_token: token })).toMatchObject(ended)
      expect(await logout({ refresh_token: token })).toMatchObject(ended)
      expect(await refresh(subject().issuer, refreshing, { refresh_token: token })).toMatchObject({
        ...refused('Session not active'),
        cacheControl: 'no-store',
      })
      const access = await post(subject().issuer, 'revoke', { token: accessTokenOf(answer) }, basic(refreshing))
      expect(access).toMatchObject({ status: 200, body: { error: 'invalid_token' } })
    })

    it('takes the first of two refresh tokens', async () => {
      const token = tokenOf(await grant(), 'refresh_token')
      expect(await logout(`refresh_token=${token}&refresh_token=x`)).toMatchObject(ended)
      expect((await refresh(subject().issuer, refreshing, { refresh_token: token })).status).toBe(400)
    })

    it.each(['', 'x', 'a.b.c'])('is refused for "%s"', async (token) => {
      expect(await logout({ refresh_token: token })).toMatchObject(refused('Invalid refresh token'))
    })

    it('is refused for an access token, for another client, and where a scope has set azp', async () => {
      const answer = await grant()
      const otherClient = refused("Invalid refresh token. Token client and authorized client don't match")
      expect(await logout({ refresh_token: accessTokenOf(answer) })).toMatchObject(refused('Invalid refresh token'))
      expect(await logout({ refresh_token: tokenOf(answer, 'refresh_token') }, billing)).toMatchObject(otherClient)
      const cloud = tokenOf(await grant('federate-aws'), 'refresh_token')
      expect(await logout({ refresh_token: cloud })).toMatchObject(otherClient)
    })

    it('is refused to whoever does not prove a client', async () => {
      const unknown = { status: 401, body: { error: 'invalid_client', error_description: words } }
      expect(await post(subject().issuer, 'logout', { refresh_token: 'x' })).toMatchObject(unknown)
      expect(await logout({ refresh_token: 'x' }, { ...refreshing, secret: 'x' })).toMatchObject({
        status: 401,
        body: { error: 'unauthorized_client', error_description: words },
      })
    })
  })
}
