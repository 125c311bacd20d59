import {
  credentialOptionsAt,
  type KeptCredentials,
  keepCredentials,
  type Now,
  nodeFetch,
  type OptionPlace,
  optionsOf,
  type TokenSource,
} from '@federate/core'
import { IdentityPoolClient, type IdentityPoolClientOptions } from 'google-auth-library'
import { endpoint } from './endpoints.ts'
import { type ExchangeContext, exchange, exchangeForIdToken } from './exchange.ts'
import { audiencePrefix } from './rules/provider.ts'
import { type GcpRuntime, lifetimeLimits, parseGcpRuntime } from './target.ts'
import type { GcpCredentials } from './temporary-credentials.ts'

export interface GcpAuthClientOptions {
  /** Where the issuer's tokens come from. */
  readonly token: TokenSource
  /** `projects/{number}/locations/global/workloadIdentityPools/{pool}/providers/{provider}`. */
  readonly provider: string
  /** Email address of the service account to act as. Default: none, the federated token itself is used. */
  readonly serviceAccount?: string
  /** Default: `https://www.googleapis.com/auth/cloud-platform`. */
  readonly scopes?: readonly string[]
  /** How long a service account's token lives, in seconds, 60 to 43200; more than 3600 by organisation policy only. Default: 3600. */
  readonly lifetime?: number
  /** The audience to ask the issuer for. Default: `sts.googleapis.com`. */
  readonly audience?: string
  /** `client`: the issuer gives the right audience unasked. Default: `request`. */
  readonly audienceFrom?: 'request' | 'client'
  /** The project of calls that name none. Default: asked of Cloud Resource Manager when a client needs it. */
  readonly projectId?: string
  /** The project that is billed for quotas. Default: that of the service account or pool. */
  readonly quotaProject?: string
  /** Domain of the APIs. Default: `googleapis.com`. */
  readonly universe?: string
  /** Region of the STS to ask. Default: the global one. */
  readonly location?: string
  /** For the exchange. Default: core's transport, which heeds HTTPS_PROXY and NODE_EXTRA_CA_CERTS. */
  readonly fetch?: ExchangeContext['fetch']
  /** Default: `Date.now`. */
  readonly now?: Now
  /** Default: the process's environment. */
  readonly env?: ExchangeContext['env']
  /** Told when credentials could not be renewed while the old ones still live. Default: nobody. */
  readonly warn?: (message: string) => void
}

/**
 * Makes an `AuthClient` for any of Google's Node clients: `new Storage({ authClient: gcpAuthClient({ … }) })`.
 *
 * Tokens are kept until they expire and renewed in the background before that, also those of five minutes or less, which
 * google-auth-library by itself exchanges anew for every call; one exchange serves any number of parallel calls, and while
 * it fails the old token is served for as long as it lives. A call that an API answers with 401 or 403 is tried once more
 * with a new token. `fetchIdToken` gives ID tokens of the service account, so that `IdTokenClient` works too.
 *
 * @throws FederateError at once when an option is wrong (`OPTION`, `OPTION_UNKNOWN`, `GCP_PROVIDER_NAME`,
 *   `GCP_SERVICE_ACCOUNT`, `GCP_SCOPE`); its calls throw the codes of `exchange`.
 */
export function gcpAuthClient(options: GcpAuthClientOptions): GcpAuthClient {
  return new GcpAuthClient(options)
}

/**
 * The library's client for identity pools, with federate's own exchange in it: the library's ignores a transporter's proxy,
 * `Retry-After`, and what an answer that is no JSON says.
 */
export class GcpAuthClient extends IdentityPoolClient {
  readonly #runtime: GcpRuntime
  readonly #source: TokenSource
  readonly #context: Omit<ExchangeContext, 'signal'>
  readonly #kept: KeptCredentials<GcpCredentials>

  constructor(options: GcpAuthClientOptions) {
    const runtime = runtimeOf(options, optionsOf('gcpAuthClient'))
    const { token, now = Date.now, fetch = nodeFetch(), env = process.env, warn } = options
    super(libraryOptions(options, runtime, env))
    this.#runtime = runtime
    this.#source = token
    this.#context = { now, fetch, env }
    this.#kept = keepCredentials(({ signal }) => exchange(runtime, token, { ...this.#context, signal }), {
      now,
      name: `The credentials of ${runtime.serviceAccount ?? runtime.provider}`,
      onEvent: (event) => {
        if (event.type === 'fetched') this.#announce(event.value)
      },
      ...(warn === undefined ? {} : { warn }),
    })
  }

  override async getAccessToken(): Promise<{ token: string; res: null }> {
    return { token: (await this.#kept()).accessToken, res: null }
  }

  /** An ID token of the service account for `targetAudience`, as `IdTokenClient` asks for it. */
  fetchIdToken(targetAudience: string): Promise<string> {
    const signal = AbortSignal.timeout(idTokenTimeout)
    return exchangeForIdToken(this.#runtime, targetAudience, this.#source, { ...this.#context, signal })
  }

  /** Called by the library when an API answers 401 or 403. */
  protected override async refreshAccessTokenAsync() {
    return libraryCredentials(await this.#kept({ forceRefresh: true }))
  }

  /** For those who listen to the library's event, and look at `credentials`. */
  #announce(credentials: GcpCredentials): void {
    this.credentials = libraryCredentials(credentials)
    this.emit('tokens', this.credentials)
  }
}

const names = Object.keys({
  ...{ token: true, provider: true, serviceAccount: true, scopes: true, lifetime: true, audience: true },
  ...{ audienceFrom: true, projectId: true, quotaProject: true, universe: true, location: true },
  ...{ fetch: true, now: true, env: true, warn: true },
} satisfies Record<keyof GcpAuthClientOptions, true>)

function runtimeOf(options: GcpAuthClientOptions, place: OptionPlace): GcpRuntime {
  const checked = credentialOptionsAt(options, names, place)
  const { provider, serviceAccount, scopes, lifetime, audience, audienceFrom, universe, location } = checked
  for (const name of ['projectId', 'quotaProject'] as const) {
    if (checked[name] !== undefined) place.at(name).text(checked[name])
  }
  const lifetimeSeconds =
    lifetime === undefined ? undefined : place.at('lifetime').number(lifetime, { ...lifetimeLimits, whole: true })
  const wanted = { provider, serviceAccount, scopes, lifetimeSeconds, audience, audienceFrom, universe, location }
  return parseGcpRuntime(wanted, place)
}

const idTokenTimeout = 60_000

function libraryCredentials({ accessToken, expiresAt }: GcpCredentials) {
  return { access_token: accessToken, expiry_date: expiresAt.getTime(), token_type: 'Bearer' }
}

function libraryOptions(
  { projectId, quotaProject }: GcpAuthClientOptions,
  runtime: GcpRuntime,
  env: ExchangeContext['env'],
): IdentityPoolClientOptions {
  const shared = {
    forceRefreshOnFailure: true,
    ...(projectId === undefined ? {} : { projectId }),
    ...(quotaProject === undefined ? {} : { quotaProjectId: quotaProject }),
    ...(runtime.universe === undefined ? {} : { universeDomain: runtime.universe }),
  }
  return {
    ...shared,
    type: 'external_account',
    audience: `${audiencePrefix}${runtime.provider}`,
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    scopes: [...runtime.scopes],
    cloud_resource_manager_url: `${endpoint('cloudresourcemanager', runtime, env)}/v1/projects/`,
    // Never asked: the exchange is ours.
    subject_token_supplier: { getSubjectToken: () => Promise.reject(new Error('The exchange is not the library’s.')) },
  }
}
