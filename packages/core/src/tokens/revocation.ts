import { FederateError } from '../errors.ts'
import type { KeptMetadata } from '../issuer/kept-metadata.ts'
import { type HttpAnswer, tryJsonObject } from '../network/http.ts'
import { printable } from '../redaction/printable.ts'
import { withoutSecrets } from '../redaction/without-secrets.ts'
import { stringClaim } from './jwt.ts'
import type { Token } from './token.ts'
import type { RefreshToken } from './token-answer.ts'
import type { TokenEndpoint } from './token-endpoint.ts'
import type { TokenSource } from './token-source.ts'

/** What came of the attempt to take one token back. */
export interface Revocation {
  readonly kind: 'access_token' | 'refresh_token'
  /** As `Token.fingerprint`. */
  readonly fingerprint: string
  readonly revoked: boolean
  /** One or more sentences for people: how, or why not. */
  readonly detail: string
  /** When the token ends by itself; `undefined` for a refresh token that does not. */
  readonly expiresAt?: Date
}

/** A source that can have its tokens taken back by the issuer that issued them. */
export interface RevocableTokenSource extends TokenSource {
  /**
   * Forgets every token that is held and asks the issuer to take each back (RFC 7009), and to end the sessions behind
   * refresh tokens (at Keycloak by its logout endpoint). Whoever verifies tokens without asking the issuer, as all clouds
   * do, accepts them until they expire all the same.
   *
   * Does not throw for a token that cannot be revoked: the result says so, token by token.
   */
  revoke(options?: { readonly signal?: AbortSignal }): Promise<readonly Revocation[]>
}

export interface RevocationContext {
  readonly endpoint: TokenEndpoint
  readonly metadata: KeptMetadata
}

/** Ends sessions first: at Keycloak that ends their access tokens, too. */
export async function revokeTokens(
  context: RevocationContext,
  held: { readonly tokens: readonly Token[]; readonly sessions: readonly RefreshToken[] },
  signal?: AbortSignal,
): Promise<readonly Revocation[]> {
  const results: Revocation[] = []
  const ended = new Set<string>()
  for (const session of held.sessions) {
    const result = await attempt('refresh_token', session, () => endSession(context, session, signal), signal)
    if (result.revoked && session.sessionId !== undefined) ended.add(session.sessionId)
    results.push(result)
  }
  for (const token of held.tokens) {
    results.push(await attempt('access_token', token, () => revokeAccess(context, token, ended, signal), signal))
  }
  return results
}

/** Keycloak does not know a token any more whose session has ended. */
async function revokeAccess(
  context: RevocationContext,
  token: Token,
  ended: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<Attempt> {
  const session = token.claims === undefined ? undefined : stringClaim(token.claims, 'sid')
  if (session !== undefined && ended.has(session)) return { revoked: true, detail: 'It ended with its session.' }
  return revoke(context, 'access_token', token.reveal(), signal)
}

interface Attempt {
  readonly revoked: boolean
  readonly detail: string
}

async function attempt(
  kind: Revocation['kind'],
  token: Token | RefreshToken,
  work: () => Promise<Attempt>,
  signal: AbortSignal | undefined,
): Promise<Revocation> {
  const named = {
    kind,
    fingerprint: token.fingerprint,
    ...(token.expiresAt === undefined ? {} : { expiresAt: token.expiresAt }),
  }
  try {
    const result = await work()
    const end = token.expiresAt === undefined ? '' : ` It lives until ${token.expiresAt.toISOString()}.`
    return { ...named, ...result, detail: result.revoked ? result.detail : `${result.detail}${end}` }
  } catch (error) {
    if (signal?.aborted === true || !(error instanceof FederateError)) throw error
    return { ...named, revoked: false, detail: error.problem }
  }
}

/** Keycloak's logout takes a refresh token by POST and answers 204 (its documentation, "Logout endpoint"). */
async function endSession(context: RevocationContext, session: RefreshToken, signal?: AbortSignal): Promise<Attempt> {
  const { endSessionEndpoint } = await context.metadata.get(signal)
  if (endSessionEndpoint?.endsWith('/protocol/openid-connect/logout') !== true) {
    return revoke(context, 'refresh_token', session.reveal(), signal)
  }
  const token = session.reveal()
  const { answer, secrets } = await context.endpoint.post(endSessionEndpoint, { refresh_token: token }, token, signal)
  if (answer.status === 204 || answer.status === 200)
    return { revoked: true, detail: 'The session behind it was ended.' }
  return { revoked: false, detail: `${answer.url} did not end the session: ${wordsOf(answer, secrets)}.` }
}

async function revoke(
  context: RevocationContext,
  kind: Revocation['kind'],
  token: string,
  signal?: AbortSignal,
): Promise<Attempt> {
  const { revocationEndpoint, issuer } = await context.metadata.get(signal)
  if (revocationEndpoint === undefined) {
    return { revoked: false, detail: `${issuer} has no revocation endpoint, so its tokens cannot be revoked.` }
  }
  const parameters = { token, token_type_hint: kind }
  const { answer, secrets } = await context.endpoint.post(revocationEndpoint, parameters, token, signal)
  // RFC 7009 section 2.2 wants 200 for a token that the issuer does not know; Keycloak says so in the body.
  const refused = answer.status !== 200 || tryJsonObject(answer)?.['error'] !== undefined
  if (!refused) return { revoked: true, detail: 'The issuer revoked it.' }
  return { revoked: false, detail: `${answer.url} did not revoke it: ${wordsOf(answer, secrets)}.${hint(answer)}` }
}

function wordsOf(answer: HttpAnswer, secrets: readonly string[]): string {
  const { error, error_description: description } = tryJsonObject(answer) ?? {}
  const words = [error, description]
    .filter((one) => typeof one === 'string')
    .map((one) => printable(withoutSecrets(one, secrets)))
  return words.length === 0 ? `status ${answer.status}` : `${words.join(', ')} (status ${answer.status})`
}

/** What Keycloak 26 answers where a cloud's scope has put other values into `azp` or `sub`. */
function hint(answer: HttpAnswer): string {
  const { error, error_description: description } = tryJsonObject(answer) ?? {}
  const overridden = error === 'invalid_token' || /unmatching clients/i.test(String(description))
  return overridden ? ' Tokens for clouds, whose azp or sub is set by a scope, cannot be revoked.' : ''
}
