import type { ClientAuthentication, Seconds } from '@federate/core'

/** How an issuer is asked whether a token still holds (RFC 7662). */
export interface IntrospectionOptions {
  /** The client as which this API asks. Keycloak 26.7 answers only clients that stand in the token's `aud`. */
  readonly clientId: string
  readonly auth: ClientAuthentication
  /** Where to ask. Default: what the issuer's discovery document says. */
  readonly endpoint?: string
  /** Seconds for which an answer counts, and so how late a revocation may bite. 0: ask every time. Default: 10. */
  readonly lifetime?: Seconds
  /**
   * What happens to a token whose signature and claims hold while the issuer cannot be asked: `refuse` it with 503, or
   * `accept` it until it expires. Default: `refuse`.
   */
  readonly onFailure?: 'refuse' | 'accept'
  /** Seconds for one request. Default: 5. */
  readonly timeout?: Seconds
}
