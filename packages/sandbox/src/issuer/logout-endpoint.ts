import { authenticateClient } from './client-authentication.ts'
import { formOf } from './form.ts'
import { emptyAnswer, type IssuerAnswer, type IssuerRequest, Refusal } from './message.ts'
import { readRefreshToken } from './refresh-token.ts'
import type { RunningRealm } from './running-realm.ts'

/**
 * Keycloak's logout by a refresh token: it ends the session, also when that has ended before. Without a refresh token
 * Keycloak shows a page for people; the sandbox has no such people and refuses.
 */
export async function answerLogout(realm: RunningRealm, request: IssuerRequest): Promise<IssuerAnswer> {
  const form = formOf(request)
  const presented = form.get('refresh_token')
  if (presented === null) throw new Refusal(400, 'invalid_request', 'No refresh token')
  const client = await authenticateClient(realm, request, form)
  const token = await readRefreshToken(realm, client, presented, false)
  realm.sessions.end(token.sessionId)
  return emptyAnswer(204, { 'cache-control': 'no-cache' })
}
