import type { ApiWish, CallContext, Issuer, ServiceWish } from '@federate/core'
import type { CredentialStore } from './credentials.ts'

/** What an administrator asks of one realm. */
export interface KeycloakRequest {
  readonly owner: string
  readonly issuer: Issuer
  /** The services of this issuer. */
  readonly services: readonly ServiceWish[]
  readonly apis: readonly ApiWish[]
  /** Where Keycloak is administered, if not at the issuer's own address. */
  readonly adminUrl?: string | undefined
  /** The services that are to get a new secret. */
  readonly rotate: ReadonlySet<string>
  readonly credentials: CredentialStore
  readonly context: CallContext
}
