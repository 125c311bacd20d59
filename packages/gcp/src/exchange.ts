import {
  type CallContext,
  endWithin,
  FederateError,
  type HttpAnswer,
  type HttpRequest,
  jsonObject,
  type Peer,
  type Seconds,
  type Sleep,
  sendRequest,
  sleep,
  type Token,
  type TokenRequest,
  type TokenSource,
  withRetries,
} from '@federate/core'
import { textField } from './answer-field.ts'
import { endpoint } from './endpoints.ts'
import { fromImpersonationAnswer } from './impersonation-errors.ts'
import { audiencePrefix, parseProviderName } from './rules/provider.ts'
import { fromStsAnswer } from './sts-errors.ts'
import { cloudPlatformScope, type GcpRuntime, requestedAudience } from './target.ts'
import { GcpCredentials } from './temporary-credentials.ts'

/** What an exchange needs of the outside. */
export interface ExchangeContext extends Pick<CallContext, 'signal' | 'now' | 'env' | 'fetch'> {
  /** How to wait between tries. Default: by timers. */
  readonly sleep?: Sleep
}

const sts: Peer = { prefix: 'GCP', name: 'Google STS' }
const iamCredentials: Peer = { prefix: 'GCP', name: 'Google IAM' }

/**
 * Exchanges an issuer's token for a Google access token: a federated one by STS, and that for one of the service account
 * where the target has one (iamcredentials, generateAccessToken).
 *
 * What passes by itself (429, server and network errors) is tried up to three times, as late as `Retry-After` says; a
 * token that Google finds expired is renewed once.
 *
 * @throws FederateError of the token source, a code of `fromStsAnswer` or `fromImpersonationAnswer`, `GCP_NOT_JSON`,
 *   `GCP_REDIRECTS`, `GCP_ANSWER_TOO_LARGE`, `GCP_ANSWER_INCOMPLETE`, `GCP_ENDPOINT_INVALID`.
 */
export async function exchange(
  runtime: GcpRuntime,
  source: TokenSource,
  context: ExchangeContext,
): Promise<GcpCredentials> {
  return federated(runtime, source, context, async (federatedCredentials, token) =>
    runtime.serviceAccount === undefined
      ? federatedCredentials
      : accessTokenOf(runtime.serviceAccount, federatedCredentials, { runtime, token, context }),
  )
}

/**
 * Exchanges an issuer's token for an ID token of the target's service account (iamcredentials, generateIdToken): for
 * Cloud Run, IAP and other receivers that check who calls. Gives the ID token itself.
 *
 * @param audience what the receiver expects in `aud`: for Cloud Run, the service's URL.
 * @throws FederateError as `exchange`, and `GCP_ID_TOKEN_NEEDS_SERVICE_ACCOUNT` (usage).
 */
export async function exchangeForIdToken(
  runtime: GcpRuntime,
  audience: string,
  source: TokenSource,
  context: ExchangeContext,
): Promise<string> {
  const { serviceAccount } = runtime
  if (serviceAccount === undefined) throw needsServiceAccount(runtime)
  return federated(runtime, source, context, (credentials, token) =>
    idTokenOf(serviceAccount, audience, credentials, { runtime, token, context }),
  )
}

/** Exchanges the token and goes on with it; once more with a new token where Google finds this one expired. */
async function federated<T>(
  runtime: GcpRuntime,
  source: TokenSource,
  context: ExchangeContext,
  goOn: (credentials: GcpCredentials, token: Token) => Promise<T>,
): Promise<T> {
  const request = tokenRequest(runtime, context)
  const token = await source.getToken(request)
  const attempt = async (one: Token) => goOn(await federatedToken({ runtime, token: one, context }), one)
  try {
    return await attempt(token)
  } catch (error) {
    if (!(error instanceof FederateError && error.code === 'GCP_TOKEN_EXPIRED')) throw error
    const renewed = await source.getToken({ ...request, forceRefresh: true })
    // A file that nobody renews gives the same token again, and Google would say the same.
    if (renewed.fingerprint === token.fingerprint) throw error
    return await attempt(renewed)
  }
}

function tokenRequest(runtime: GcpRuntime, { signal }: ExchangeContext): TokenRequest {
  const audience = requestedAudience(runtime)
  return audience === undefined ? { signal } : { signal, audience }
}

interface Exchange {
  readonly runtime: GcpRuntime
  readonly token: Token
  readonly context: ExchangeContext
}

/** RFC 8693, as the reference of STS `token` has it. */
async function federatedToken(exchanged: Exchange): Promise<GcpCredentials> {
  const { runtime, token, context } = exchanged
  const scopes = runtime.serviceAccount === undefined ? runtime.scopes : [cloudPlatformScope]
  const request: Omit<HttpRequest, 'fetch'> = {
    peer: sts,
    method: 'POST',
    url: `${endpoint('sts', runtime, context.env)}/v1/token`,
    form: {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      audience: `${audiencePrefix}${runtime.provider}`,
      scope: scopes.join(' '),
      requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      subject_token: token.reveal(),
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    },
  }
  const answer = await ask(exchanged, request, (no) => stsRefusal(no, exchanged))
  const fields = jsonObject(answer)
  const lifetime = fields['expires_in']
  return new GcpCredentials({
    accessToken: textField(answer, fields, 'access_token'),
    // Without one, the token lives as long as what it was exchanged for.
    expiresAt: typeof lifetime === 'number' ? new Date(context.now() + lifetime * 1000) : token.expiresAt,
    identity: principalOf(runtime, token),
  })
}

async function accessTokenOf(
  serviceAccount: string,
  credentials: GcpCredentials,
  exchanged: Exchange,
): Promise<GcpCredentials> {
  const { scopes, lifetimeSeconds } = exchanged.runtime
  const json = { scope: scopes, lifetime: `${lifetimeSeconds}s` }
  const request = generate('generateAccessToken', serviceAccount, credentials, json, exchanged)
  const sentAt = exchanged.context.now()
  const answer = await ask(exchanged, request, (no) => impersonationRefusal(no, exchanged, lifetimeSeconds))
  const fields = jsonObject(answer)
  return new GcpCredentials({
    accessToken: textField(answer, fields, 'accessToken'),
    expiresAt: endWithin(new Date(textField(answer, fields, 'expireTime')), sentAt, lifetimeSeconds),
    identity: serviceAccount,
  })
}

async function idTokenOf(
  serviceAccount: string,
  audience: string,
  credentials: GcpCredentials,
  exchanged: Exchange,
): Promise<string> {
  const json = { audience, includeEmail: true }
  const request = generate('generateIdToken', serviceAccount, credentials, json, exchanged)
  const answer = await ask(exchanged, request, (no) => impersonationRefusal(no, exchanged))
  return textField(answer, jsonObject(answer), 'token')
}

function generate(
  method: 'generateAccessToken' | 'generateIdToken',
  serviceAccount: string,
  { accessToken }: GcpCredentials,
  json: unknown,
  { runtime, context }: Exchange,
): Omit<HttpRequest, 'fetch'> {
  const account = encodeURIComponent(serviceAccount)
  return {
    peer: iamCredentials,
    method: 'POST',
    url: `${endpoint('iamcredentials', runtime, context.env)}/v1/projects/-/serviceAccounts/${account}:${method}`,
    headers: { authorization: `Bearer ${accessToken}` },
    json,
    secrets: [accessToken],
  }
}

/** Why an answer was no. */
type Explain = (answer: HttpAnswer) => FederateError | Promise<FederateError>

function ask({ token, context }: Exchange, request: Omit<HttpRequest, 'fetch'>, explain: Explain): Promise<HttpAnswer> {
  const { fetch, signal, now } = context
  const secrets = [...(request.secrets ?? []), token.reveal()]
  const once = async () => {
    const answer = await sendRequest({ ...request, fetch, signal, secrets })
    if (answer.status === 200) return answer
    throw await explain(answer)
  }
  return withRetries(once, { sleep: context.sleep ?? sleep, random: Math.random, now, signal })
}

/** Google has one text for all that can be wrong with an issuer's keys; most of it can be seen from here. */
async function stsRefusal(answer: HttpAnswer, { runtime, token, context }: Exchange): Promise<FederateError> {
  const attempt = { target: runtime, token, now: new Date(context.now()) }
  const error = fromStsAnswer(answer, attempt)
  if (error.code !== 'GCP_ISSUER_NOT_CONNECTED') return error
  const { whyNotConnected } = await import('./issuer-check.ts')
  const { header = {}, claims = {} } = token
  const found = await whyNotConnected({ ...context, token: { header, claims } })
  return fromStsAnswer(answer, { ...attempt, found })
}

function impersonationRefusal(answer: HttpAnswer, { runtime, token }: Exchange, lifetime?: Seconds): FederateError {
  return fromImpersonationAnswer(answer, { target: runtime, principal: principalOf(runtime, token), lifetime })
}

/** Who a federated token is, by the usual mapping of the subject. */
function principalOf({ provider, subject }: GcpRuntime, { claims }: Token): string {
  const name = subject ?? (typeof claims?.['sub'] === 'string' ? claims['sub'] : '?')
  const { project, pool } = parseProviderName(provider) ?? { project: '?', pool: '?' }
  return `principal:${audiencePrefix}projects/${project}/locations/global/workloadIdentityPools/${pool}/subject/${name}`
}

function needsServiceAccount({ provider }: GcpRuntime): FederateError {
  return new FederateError({
    code: 'GCP_ID_TOKEN_NEEDS_SERVICE_ACCOUNT',
    outcome: 'usage',
    problem: `ID tokens are issued for service accounts only, and the target of ${provider} has none.`,
    next: 'Give the target a serviceAccount in federate.yaml and run `federate setup gcp`.',
  })
}
