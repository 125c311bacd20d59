import type { Fetch, Now, Seconds } from '@federate/core'
import type { IntrospectionOptions } from './introspection/options.ts'
import type { Refusal } from './refusal.ts'

/**
 * Which shape of access token an issuer is held to.
 *
 * - `keycloak`: header `typ` is `JWT`, payload `typ` is `Bearer`, `azp` names the client
 * - `rfc9068`: header `typ` is `at+jwt`, and all claims are there that RFC 9068 section 2.2 requires; `client_id` names
 *   the client. Keycloak's clients issue it with the setting "Use "at+jwt" as access token header type".
 */
export type Profile = 'keycloak' | 'rfc9068'

/** One issuer whose tokens are accepted, and on which terms. */
export interface TrustedIssuer {
  /** The issuer, exactly as it stands in the tokens' `iss`: `https://keycloak.example.com/realms/prod`. */
  readonly issuer: string
  /** What `aud` must contain: this API's own audience, or one of several. */
  readonly audience: string | readonly string[]
  /** Default: `keycloak`. */
  readonly profile?: Profile
  /** The only signature algorithms that are accepted. Default: RS256, PS256, ES256, EdDSA. */
  readonly algorithms?: readonly string[]
  /** The only clients that are let in, one at least. Default: every client of the issuer that gets tokens for the audience. */
  readonly clients?: readonly string[]
  /** Where the issuer's keys are. Default: what its discovery document says. */
  readonly jwksUri?: string
  /** Also ask the issuer whether the token still holds. Default: do not. */
  readonly introspection?: IntrospectionOptions
}

/** How the issuer's keys are kept. */
export interface KeyOptions {
  /** Seconds after which the keys are fetched again; from four fifths of it on in the background. 1 to 86,400. Default: 600. */
  readonly maximumAge?: Seconds
  /** Seconds for which the last good keys are used while the issuer cannot be reached. 0 to 604,800. Default: 86,400. */
  readonly maximumStale?: Seconds
  /** Seconds between two requests for keys that are caused by unknown ones; three may come at once. 1 to 3,600. Default: 10. */
  readonly unknownKeyInterval?: Seconds
  /** Seconds for one request, 60 at most. Default: 5. */
  readonly timeout?: Seconds
}

export interface VerifierSettings {
  /** Seconds by which the clocks may differ, 300 at most: for that long an expired token is accepted. Default: 5. */
  readonly clockTolerance?: Seconds
  /** Characters of a token from which it is refused unread, 1,000,000 at most. Default: 16,384. */
  readonly maximumLength?: number
  /** How many verified tokens are remembered, by their hash, 1,000,000 at most. 0: none. Default: 10,000. */
  readonly rememberedTokens?: number
  readonly keys?: KeyOptions
  /** Default: a transport on `node:https` that honours the proxy variables and `NODE_EXTRA_CA_CERTS`. */
  readonly fetch?: Fetch
  /** Default: `Date.now`. */
  readonly now?: Now
  /** Told when keys or introspection cannot be had, and what was done instead. Default: nobody is. */
  readonly warn?: (message: string) => void
}

/** One issuer, or an allow-list of several, each with its own audience. */
export type VerifierOptions = VerifierSettings & (TrustedIssuer | { readonly issuers: readonly TrustedIssuer[] })

export interface DoorSettings {
  /** The protection space that `WWW-Authenticate` names (RFC 9110 section 11.5), in ASCII. Default: `api`. */
  readonly realm?: string
  /** Told of every refusal, with the reason that the caller does not get. Default: nobody is. */
  readonly onRefused?: (refusal: Refusal) => void
}

/** What every door takes. */
export type GuardOptions = VerifierOptions & DoorSettings
