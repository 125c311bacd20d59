import { authenticateClient } from './client-authentication.ts'
import { formOf, hasDuplicates } from './form.ts'
import { emptyAnswer, type IssuerAnswer, type IssuerRequest, Refusal } from './message.ts'
import { type RunningRealm, serviceAccountId } from './running-realm.ts'

type Claims = Readonly<Record<string, unknown>>

/**
 * Revocation (RFC 7009), with the checks in Keycloak's order. A revoked refresh token ends its session. A revoked access
 * token is merely believed to be: nobody can ask the sandbox for its state, and clouds accept it until it expires.
 */
export async function answerRevocation(realm: RunningRealm, request: IssuerRequest): Promise<IssuerAnswer> {
  const form = formOf(request)
  const client = await authenticateClient(realm, request, form)
  if (hasDuplicates(form)) throw new Refusal(400, 'invalid_request', 'duplicated parameter')
  const token = form.get('token')
  if (token === null) throw new Refusal(400, 'invalid_request', 'Token not provided')
  const claims = (await realm.keys.accessClaims(token)) ?? (await realm.keys.refreshClaims(token))
  if (claims === undefined) throw invalidToken()
  if (claims['azp'] !== client.clientId) throw new Refusal(400, 'invalid_request', 'Unmatching clients')
  if (!belongsToSomebody(realm, claims)) throw invalidToken()
  if (claims['typ'] === 'Refresh') realm.sessions.end(String(claims['sid']))
  return emptyAnswer(200)
}

/** Keycloak finds the service account by the session, and without one by `sub`, which must be its UUID. */
function belongsToSomebody(realm: RunningRealm, { sid, sub }: Claims): boolean {
  if (typeof sid === 'string') return realm.sessions.active(sid, realm.seconds()) !== undefined
  return realm.definition.clients.some((client) => serviceAccountId(realm, client.clientId) === sub)
}

/** RFC 7009 section 2.2 wants 200 for a token that is not known. */
function invalidToken(): Refusal {
  return new Refusal(200, 'invalid_token', 'Invalid token')
}
