import {
  type CallContext,
  FederateError,
  jsonObject,
  type Sleep,
  sendRequest,
  sleep,
  type Token,
  type TokenRequest,
  type TokenSource,
  withRetries,
} from '@federate/core'
import { AzureCredentials } from './access-token-credentials.ts'
import { entraPeer, fromEntraAnswer } from './entra-errors.ts'
import { authorityOf } from './environment.ts'
import { type AzureRuntime, requestedAudience } from './target.ts'

/** What an exchange needs of the outside. */
export interface ExchangeContext extends Pick<CallContext, 'signal' | 'now' | 'env' | 'fetch'> {
  /** How to wait between tries. Default: by timers. */
  readonly sleep?: Sleep
  /** The `claims` parameter, as JSON: what a claims challenge demanded. */
  readonly claims?: string | undefined
}

const clientAssertion = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/**
 * Exchanges an issuer's token for an access token of Entra: a client credentials request with the token as client
 * assertion (Microsoft identity platform, v2-oauth2-client-creds-grant-flow, third case).
 *
 * What passes by itself (Entra cannot get the issuer's keys, throttling, server and network errors) is tried up to three
 * times; a token that Entra finds outside its time is renewed once.
 *
 * @throws FederateError of the token source, a code of `fromEntraAnswer`, or `AZURE_UNREACHABLE`, `AZURE_NOT_JSON`.
 */
export async function exchange(
  runtime: AzureRuntime,
  source: TokenSource,
  context: ExchangeContext,
): Promise<AzureCredentials> {
  const token = await source.getToken(tokenRequest(runtime, context))
  try {
    return await exchangeWithRetries(runtime, token, context)
  } catch (error) {
    if (!(error instanceof FederateError && error.code === 'AZURE_TOKEN_TIME')) throw error
    const renewed = await source.getToken({ ...tokenRequest(runtime, context), forceRefresh: true })
    // A file that nobody renews gives the same token again, and Entra would say the same.
    if (renewed.fingerprint === token.fingerprint) throw error
    return await exchangeWithRetries(runtime, renewed, context)
  }
}

function tokenRequest(runtime: AzureRuntime, { signal }: ExchangeContext): TokenRequest {
  const audience = requestedAudience(runtime)
  return audience === undefined ? { signal } : { signal, audience }
}

function exchangeWithRetries(runtime: AzureRuntime, token: Token, context: ExchangeContext): Promise<AzureCredentials> {
  const { now, signal } = context
  const retry = { sleep: context.sleep ?? sleep, random: Math.random, now, signal }
  return withRetries(() => exchangeOnce(runtime, token, context), retry)
}

async function exchangeOnce(runtime: AzureRuntime, token: Token, context: ExchangeContext): Promise<AzureCredentials> {
  const { signal, fetch, now, env, claims } = context
  const { tenantId, clientId, scope, environment } = runtime
  const answer = await sendRequest({
    fetch,
    signal,
    peer: entraPeer,
    method: 'POST',
    url: `${authorityOf(environment, env)}/${tenantId}/oauth2/v2.0/token`,
    form: {
      grant_type: 'client_credentials',
      client_id: clientId,
      scope,
      client_assertion_type: clientAssertion,
      client_assertion: token.reveal(),
      ...(claims === undefined ? {} : { claims }),
    },
    secrets: [token.reveal()],
  })
  if (answer.status !== 200) throw fromEntraAnswer(answer, { runtime, token, now: new Date(now()) })
  const { access_token: accessToken, expires_in: lifetime } = jsonObject(answer)
  if (typeof accessToken !== 'string' || typeof lifetime !== 'number') throw incomplete(answer.url)
  return new AzureCredentials({
    accessToken,
    expiresAt: new Date(now() + lifetime * 1000),
    tenantId,
    clientId,
    scope,
    federatedToken: token.reveal(),
  })
}

function incomplete(url: string): FederateError {
  return new FederateError({
    code: 'AZURE_UNREACHABLE',
    outcome: 'unreachable',
    problem: `${url} answered without an access token and its lifetime, so it is not Microsoft Entra.`,
    next: 'Check the proxy, and AZURE_AUTHORITY_HOST if it is set.',
  })
}
