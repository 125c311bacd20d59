import type { JsonValue } from '../plan/resource.ts'
import type { Seconds } from '../units.ts'

/** Where a secret is found on the service's host. Relative paths start at the folder of the file that names them. */
export type SecretReference = { readonly file: string } | { readonly env: string }

/** How a service gets its tokens: as a client of the issuer, or from something else that has them. Without any secret. */
export type AuthReference = ClientAuthReference | TokenReference

/** How a client proves who it is to its issuer. */
export type ClientAuthReference =
  | { readonly method: 'client_secret_basic' | 'client_secret_post'; readonly secret: SecretReference }
  | {
      readonly method: 'client_secret_jwt'
      readonly secret: SecretReference
      /** HS256 (default), HS384, HS512. */
      readonly algorithm?: string
      readonly audience?: AssertionAudience
    }
  | {
      readonly method: 'private_key_jwt'
      readonly key: SecretReference
      readonly passphrase?: SecretReference
      readonly keyId?: string
      readonly algorithm?: string
      readonly audience?: AssertionAudience
      /** Of the key, for issuers that find it by the thumbprint of its certificate: Microsoft Entra. */
      readonly certificate?: SecretReference
    }
  | {
      readonly method: 'tls_client_auth'
      readonly certificate: SecretReference
      readonly key: SecretReference
      readonly passphrase?: SecretReference
    }
  /** The assertion is written to a file by something else: Kubernetes, SPIFFE. */
  | { readonly method: 'jwt_file'; readonly file: string }

/** Where the tokens themselves come from, where the issuer is not asked by this host. */
export type TokenReference =
  /** Written to a file by something else: Kubernetes, SPIFFE, a CI system. */
  | { readonly method: 'token_file'; readonly file: string }
  | { readonly method: 'token_env'; readonly env: string }
  /** Printed by a program, which is run without a shell; `timeout` in seconds. */
  | { readonly method: 'token_command'; readonly command: readonly string[]; readonly timeout?: Seconds }
  | { readonly method: 'github_actions' }

/** Whom an assertion is for: the issuer identifier, or the token endpoint, which Okta and Microsoft Entra ask for. */
export type AssertionAudience = 'issuer' | 'token_endpoint'

/** `keycloak` is asked for an audience by a scope; any other OpenID Connect or OAuth issuer as `audienceAs` says. */
export type IssuerKind = 'keycloak' | 'oidc'

/** How an issuer is asked for an audience: a scope of that name, Auth0's `audience`, RFC 8707's `resource`, not at all. */
export type AudienceStyle = 'scope' | 'audience' | 'resource' | 'none'

export interface Issuer {
  /** The issuer identifier: exactly the `iss` of its tokens. */
  readonly url: string
  readonly kind: IssuerKind
  /** Default: `scope` for Keycloak, `none` for others. */
  readonly audienceAs?: AudienceStyle
  /** Further parameters of every token request, as this issuer wants them. Never a secret. */
  readonly parameters?: Readonly<Record<string, string>>
  /** A file with the certificates (PEM) of the authority that signs the issuer's own; then no other is trusted. */
  readonly ca?: string
}

/** One target in federate.yaml: what a service wants of a cloud, already checked by that cloud's schema. */
export interface TargetWish<Wish = unknown> {
  readonly service: string
  readonly name: string
  readonly cloud: string
  readonly wish: Wish
}

/** How the issuer knows a service's proof, where that is no secret: RFC 7591, RFC 8705 (section 2.1.2), RFC 7523. */
export interface Registration {
  /** With `private_key_jwt`: where the service publishes its public keys. */
  readonly jwksUri?: string
  /** With `tls_client_auth`: the certificate's distinguished name. */
  readonly certificateSubject?: string
  /** With `jwt_file`: the alias of the realm's identity provider that signs the assertions. */
  readonly identityProvider?: string
  /** With `jwt_file`: the `sub` of the assertions. */
  readonly assertionSubject?: string
}

/** One service in federate.yaml, with its defaults filled in. */
export interface ServiceWish {
  readonly name: string
  readonly issuerName: string
  readonly issuer: Issuer
  readonly clientId: string
  /** The `sub` that clouds will see; known before anything exists. */
  readonly subject: string
  readonly auth: AuthReference
  readonly claims: Readonly<Record<string, JsonValue>>
  readonly targets: readonly TargetWish[]
  /** Roles of own APIs that the service has, by the API's name. Default: none. */
  readonly roles?: Readonly<Record<string, readonly string[]>> | undefined
  /** Roles of the realm that the service has, in all its tokens. Default: none. */
  readonly realmRoles?: readonly string[] | undefined
  /** Roles of other clients that the service has, by client id, in all its tokens. Default: none. */
  readonly clientRoles?: Readonly<Record<string, readonly string[]>> | undefined
  readonly registration?: Registration | undefined
  /** Seconds that its tokens live. Default: 1200 with targets in clouds, 300 without. */
  readonly tokenLifetime?: number | undefined
  /** The JWS algorithm of its tokens. Default: the realm's. */
  readonly tokenAlgorithm?: string | undefined
  /** Client scopes that are in every token. Default: `basic`. */
  readonly defaultScopes?: readonly string[] | undefined
}

export interface ApiWish {
  readonly name: string
  readonly audience: string
  readonly roles: readonly string[]
}

/** federate.yaml, parsed. */
export interface FederateFile {
  /** Absolute path of the file, for messages and relative references. */
  readonly path: string
  readonly owner: string
  readonly issuers: Readonly<Record<string, Issuer>>
  readonly services: readonly ServiceWish[]
  readonly apis: readonly ApiWish[]
}

/** One target in a service file: everything resolved, in the cloud's own words. `cloud` says whose. */
export interface RuntimeTarget {
  readonly cloud: string
  readonly [key: string]: JsonValue | undefined
}

/** `<service>.federate.json`: what one service needs at run time. Written by `setup`; holds no secret. */
export interface ServiceFile {
  readonly version: 1
  readonly service: string
  readonly issuer: Issuer
  readonly clientId: string
  readonly auth: AuthReference
  readonly targets: Readonly<Record<string, RuntimeTarget>>
  /** The audiences of the own APIs in federate.yaml, by name, for `federate token --for`. */
  readonly apis?: Readonly<Record<string, string>>
}
