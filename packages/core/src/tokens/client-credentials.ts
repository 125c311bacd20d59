import type { ClientAuthentication } from '../authentication/client-authentication.ts'
import { parseIssuerUrl } from '../issuer/issuer-url.ts'
import { KeptMetadata } from '../issuer/kept-metadata.ts'
import type { Fetch, Now } from '../network/fetch.ts'
import { withRetries } from '../network/retry.ts'
import { nodeFetch } from '../network/transport.ts'
import { optionsOf } from '../options/option-place.ts'
import { type Sleep, sleep as systemSleep } from '../sleep.ts'
import type { Seconds } from '../units.ts'
import { type AudienceParameters, audienceParameters, grantParameters } from './audience.ts'
import { ClientCredentialsGrant } from './client-credentials-grant.ts'
import { checkClientOptions, clientOptionNames } from './client-options.ts'
import { type KeepFreshOptions, keepFresh } from './freshness.ts'
import { type RevocableTokenSource, revokeTokens } from './revocation.ts'
import { TokenEndpoint } from './token-endpoint.ts'
import type { TokenSource } from './token-source.ts'

export interface ClientCredentialsOptions {
  /** The issuer identifier; see `parseIssuerUrl`. */
  readonly issuer: string
  readonly clientId: string
  readonly auth: ClientAuthentication
  /** How this issuer is asked for an audience. Default: not at all; see `audienceParameters`. */
  readonly audience?: AudienceParameters
  /** Scopes to ask for every time. Default: none. */
  readonly scope?: readonly string[]
  /** Further parameters of the token request. Default: none. */
  readonly parameters?: Readonly<Record<string, string>>
  /**
   * Where issuers of this kind give tokens, known without asking. The discovery document is read only when that answers
   * with a refusal, to say better why or to ask where it says. Default: the discovery document is read first.
   */
  readonly tokenEndpoint?: string
  /** The issuer's metadata, where many clients of one issuer share it. Default: this client's own. */
  readonly metadata?: KeptMetadata
  /** Seconds per request. Default: 10. */
  readonly timeout?: Seconds
  /** Default: `nodeFetch()`. */
  readonly fetch?: Fetch
  /** Default: `Date.now`. */
  readonly now?: Now
  /** Default: by timers. */
  readonly sleep?: Sleep
  /** From 0 to 1, for jitter. Default: `Math.random`. */
  readonly random?: () => number
  /** Told what is no failure: a clock that is off, a token that could not be refreshed yet. Default: nobody. */
  readonly warn?: (message: string) => void
  /** How tokens are kept; see `keepFresh`. `now`, `random` and `warn` above hold for it, too. */
  readonly freshness?: Omit<KeepFreshOptions, 'now' | 'random' | 'warn'>
}

/**
 * Tokens by the client credentials grant (RFC 6749 section 4.4) of any issuer that can be discovered. The source is kept
 * fresh already: tokens are held and refreshed as `keepFresh` says.
 *
 * A refresh token that the issuer sends along is used while it lives, then the grant comes again. `revoke` has tokens and
 * sessions taken back.
 *
 * Network errors, 429 and 5xx are tried again, three times in all. A refused client is not, unless its secret or key was
 * changed where it is kept: then once, with the new one.
 *
 * @throws FederateError (usage) at once `OPTION`, `OPTION_UNKNOWN`, and those of `parseIssuerUrl`. `getToken` throws those of `discoverIssuer`, of the client's
 *   authentication, of `keepFresh`, and `ISSUER_REFUSED_CLIENT`, `ISSUER_REFUSED_SCOPE`, `ISSUER_REFUSED` (refused),
 *   `ISSUER_UNAVAILABLE`, `ISSUER_NOT_FOUND` (unreachable), `ISSUER_ANSWER_INVALID`, `TOKEN_EXPIRED_ON_ARRIVAL` (failed),
 *   `SCOPE_INVALID` (usage).
 */
export function clientCredentials(options: ClientCredentialsOptions): RevocableTokenSource {
  checkClientOptions(options, clientOptionNames, optionsOf('clientCredentials'))
  const { now = Date.now, random = Math.random, sleep = systemSleep, timeout = 10, warn = () => {} } = options
  const issuer = parseIssuerUrl(options.issuer)
  const fetch = options.fetch ?? nodeFetch({ timeout })
  const metadata = options.metadata ?? new KeptMetadata(issuer, { fetch, now, timeout })
  const endpoint = new TokenEndpoint({ ...options, issuer, fetch, now, timeout, warn, metadata })
  const grant = new ClientCredentialsGrant({ endpoint, auth: options.auth, now })
  const wish = {
    audience: options.audience ?? audienceParameters('none'),
    scope: options.scope ?? [],
    parameters: options.parameters ?? {},
  }
  const source: TokenSource = {
    getToken: async (request = {}) => {
      const parameters = grantParameters(wish, request)
      return withRetries(() => grant.ask(parameters, request.signal), { sleep, random, now, signal: request.signal })
    },
  }
  const kept = keepFresh(source, { ...options.freshness, now, random, warn })
  return {
    getToken: kept.getToken,
    revoke: async ({ signal } = {}) => {
      const held = { tokens: kept.takeAll(), sessions: grant.takeSessions() }
      return revokeTokens({ endpoint, metadata }, held, signal)
    },
  }
}
