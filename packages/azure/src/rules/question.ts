import type { ExaminedToken, Seconds } from '@federate/core'

/** A federated identity credential: one subject of one issuer that may become its parent. */
export interface FederatedCredential {
  readonly name: string
  readonly issuer: string
  readonly subject: string
  /** Entra takes exactly one. */
  readonly audiences: readonly string[]
}

/** Who a token is exchanged for: an application, or a user-assigned managed identity. */
export interface ClientState {
  /** The application id, or the client id of the identity. */
  readonly clientId: string
  readonly federatedCredentials: readonly FederatedCredential[]
}

/** Would Entra answer this client credentials request, with the token as its client assertion, with an access token? */
export interface AcceptanceQuestion {
  readonly tenantId: string
  readonly clientId: string
  /** `undefined` when the tenant has no such client. */
  readonly client: ClientState | undefined
  readonly token: ExaminedToken
  readonly now: Date
  /**
   * The clock tolerance in seconds. Microsoft documents none, so what only a tolerance would let pass is unknown. 0 refuses.
   */
  readonly leeway: Seconds
}
