import type { Seconds } from '@federate/core'
import type { JsonValue } from '@federate/core/plan'
import type { ClientScope, ProtocolMapper, Roles } from '@federate/keycloak'
import type { JWK } from 'jose'

export type SecretAlgorithm = 'HS256' | 'HS384' | 'HS512'

/** Another system whose assertions clients prove themselves by, as Kubernetes or a CI system: in Keycloak an identity provider. */
export interface TrustedIssuer {
  /** By which clients name it; in Keycloak the alias. */
  readonly name: string
  /** The `iss` of its assertions. */
  readonly issuer: string
  readonly jwks: { readonly keys: readonly JWK[] }
  /** Whether an assertion proves a client once only; it needs a `jti` then. Default: as often as it is shown. */
  readonly singleUse?: boolean
}

export interface FederatedCredential {
  /** The name of one of the realm's trusted issuers. */
  readonly trustedIssuer: string
  /** The `sub` by which it knows the client. */
  readonly subject: string
}

/** A confidential client with a service account and nothing else. */
export interface ClientDefinition {
  readonly clientId: string
  /** For client_secret_basic and client_secret_post. */
  readonly secret?: string
  /** With it the secret signs assertions (client_secret_jwt), and is not taken itself any more. */
  readonly secretAlgorithm?: SecretAlgorithm
  /** The client's public keys, for private_key_jwt. With them, secrets are refused. */
  readonly jwks?: { readonly keys: readonly JWK[] }
  /**
   * The subject of the client's certificate, for tls_client_auth, as RFC 4514 writes it: `CN=billing,O=Acme`. With it,
   * secrets are refused.
   */
  readonly certificateSubject?: string
  /** Who signs for the client, in place of itself (Keycloak's "Signed JWT - Federated"). With it, secrets are refused. */
  readonly federated?: FederatedCredential
  /**
   * Answers with a refresh token, too, as Keycloak's attribute `client_credentials.use_refresh_token` has it. Default: no.
   */
  readonly useRefreshToken?: boolean
  /** Always in the token: `basic` (Keycloak's own, brings `sub`) or scopes of the realm. */
  readonly defaultScopes: readonly string[]
  /** In the token when asked for. */
  readonly optionalScopes: readonly string[]
  /** Claims of the service itself, in every one of its tokens. */
  readonly claims: Readonly<Record<string, JsonValue>>
  /** What else the client itself puts into its tokens. Default: nothing. */
  readonly mappers?: readonly ProtocolMapper[]
  /** Roles of its service account that it lets into its tokens, where a mapper puts them. Default: none. */
  readonly roles?: Roles
  /** The service account's user name, for issuers that name it otherwise. Default: `service-account-<client id>`. */
  readonly userName?: string
  /** Seconds that an access token lives. */
  readonly accessTokenLifespan: Seconds
}

/** A realm as a token issuer: the sandbox serves it, and a real Keycloak can be set up from it. */
export interface RealmDefinition {
  readonly name: string
  readonly clients: readonly ClientDefinition[]
  readonly scopes: readonly ClientScope[]
  /** Default: none. */
  readonly trustedIssuers?: readonly TrustedIssuer[]
}

/** Keycloak's scope that brings `sub`; every realm has it. */
export const basicScope = 'basic'
