import { accessTokenClaims, type TokenOrigin } from './access-token.ts'
import { authenticateClient } from './client-authentication.ts'
import { formOf, hasDuplicates } from './form.ts'
import { type IssuerAnswer, type IssuerRequest, jsonAnswer, Refusal, tokenHeaders } from './message.ts'
import type { ClientDefinition } from './realm.ts'
import { invalidGrant, readRefreshToken, refreshTokenClaims } from './refresh-token.ts'
import type { RunningRealm } from './running-realm.ts'
import { grantedScopes, scopeClaim } from './scopes.ts'
import type { Session } from './sessions.ts'

type Grant = (realm: RunningRealm, client: ClientDefinition, form: URLSearchParams) => Promise<IssuerAnswer>

/** Keycloak knows more grants; the sandbox refuses them as it would refuse an unknown one. */
const grants: ReadonlyMap<string, Grant> = new Map([
  ['client_credentials', clientCredentialsGrant],
  ['refresh_token', refreshGrant],
])

/** The grants of RFC 6749 sections 4.4 and 6, with the checks in Keycloak's order. */
export async function answerTokenRequest(realm: RunningRealm, request: IssuerRequest): Promise<IssuerAnswer> {
  const form = formOf(request)
  const grantType = form.get('grant_type')
  if (grantType === null) throw new Refusal(400, 'invalid_request', 'Missing form parameter: grant_type')
  const grant = grants.get(grantType)
  if (grant === undefined) throw new Refusal(400, 'unsupported_grant_type', 'Unsupported grant_type')
  const client = await authenticateClient(realm, request, form)
  if (hasDuplicates(form)) throw new Refusal(400, 'invalid_request', 'duplicated parameter')
  return grant(realm, client, form)
}

async function clientCredentialsGrant(
  realm: RunningRealm,
  client: ClientDefinition,
  form: URLSearchParams,
): Promise<IssuerAnswer> {
  const scopes = grantedScopes(realm, client, form.get('scope') ?? undefined)
  const session = client.useRefreshToken === true ? realm.sessions.start(realm.seconds()) : undefined
  const origin: TokenOrigin = { grant: 'client_credentials', ...(session === undefined ? {} : { session }) }
  return tokenAnswer(realm, { client, scopes, sessionScopes: scopes, origin })
}

/** A refresh may ask for fewer scopes; of those that the grant did not have, attached ones are passed over. */
async function refreshGrant(
  realm: RunningRealm,
  client: ClientDefinition,
  form: URLSearchParams,
): Promise<IssuerAnswer> {
  const presented = form.get('refresh_token')
  if (presented === null) throw new Refusal(400, 'invalid_request', 'No refresh token')
  const asked = form.get('scope')
  const wanted = asked === null ? undefined : grantedScopes(realm, client, asked)
  const token = await readRefreshToken(realm, client, presented, true)
  const now = realm.seconds()
  const active = realm.sessions.active(token.sessionId, now)
  if (active === undefined) throw invalidGrant('Session not active')
  const scopes = token.scopes.filter((scope) => wanted?.includes(scope) ?? true)
  const origin: TokenOrigin = { grant: 'refresh_token', session: realm.sessions.use(active, now) }
  return tokenAnswer(realm, { client, scopes, sessionScopes: token.scopes, origin })
}

interface Issue {
  readonly client: ClientDefinition
  readonly scopes: readonly string[]
  readonly sessionScopes: readonly string[]
  readonly origin: TokenOrigin
}

async function tokenAnswer(realm: RunningRealm, issue: Issue): Promise<IssuerAnswer> {
  const { client, scopes, sessionScopes, origin } = issue
  const claims = accessTokenClaims(realm, client, scopes, origin)
  const { session } = origin
  const refresh = session && refreshTokenClaims(realm, claims, session, sessionScopes)
  const body = {
    access_token: await realm.keys.sign(claims),
    expires_in: claims.exp - claims.iat,
    refresh_expires_in: refreshExpiresIn(session, claims.iat),
    ...(refresh === undefined ? {} : { refresh_token: await realm.keys.signRefresh(refresh) }),
    token_type: 'Bearer',
    'not-before-policy': 0,
    ...(session === undefined ? {} : { session_state: session.id }),
    scope: scopeClaim(scopes),
  }
  return jsonAnswer(200, body, tokenHeaders)
}

function refreshExpiresIn(session: Session | undefined, now: number): number {
  return session === undefined ? 0 : session.idleAt - now
}
