import { issueAccessToken } from './access-token.ts'
import { authenticateClient } from './client-authentication.ts'
import { formOf, hasDuplicates } from './form.ts'
import { type IssuerAnswer, type IssuerRequest, jsonAnswer, Refusal, tokenHeaders } from './message.ts'
import type { RunningRealm } from './running-realm.ts'

/** The client credentials grant (RFC 6749 section 4.4), with the checks in Keycloak's order. */
export async function answerTokenRequest(realm: RunningRealm, request: IssuerRequest): Promise<IssuerAnswer> {
  try {
    return await grant(realm, request)
  } catch (error) {
    if (error instanceof Refusal) return error.answer()
    throw error
  }
}

async function grant(realm: RunningRealm, request: IssuerRequest): Promise<IssuerAnswer> {
  const form = formOf(request)
  const grantType = form.get('grant_type')
  if (grantType === null) throw new Refusal(400, 'invalid_request', 'Missing form parameter: grant_type')
  // Keycloak knows more grants; the sandbox refuses them as it would refuse an unknown one.
  if (grantType !== 'client_credentials') throw new Refusal(400, 'unsupported_grant_type', 'Unsupported grant_type')
  const client = await authenticateClient(realm, request.authorization, form)
  if (hasDuplicates(form)) throw new Refusal(400, 'invalid_request', 'duplicated parameter')
  const token = await issueAccessToken(realm, client, form.get('scope') ?? undefined)
  const body = {
    access_token: token.accessToken,
    expires_in: token.expiresIn,
    refresh_expires_in: 0,
    token_type: 'Bearer',
    'not-before-policy': 0,
    scope: token.scope,
  }
  return jsonAnswer(200, body, tokenHeaders)
}
