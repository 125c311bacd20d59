import type { ServiceWish } from '@federate/core'

/** Where the credentials of services are kept outside of Keycloak. Secrets pass through it and stay nowhere else. */
export interface CredentialStore {
  /** The secret that is there already, at the place where the service will look for it. */
  given(service: ServiceWish): Promise<string | undefined>
  /** Brings the secret to the service; `replace` over an old one. */
  deliver(service: ServiceWish, secret: string, options: { readonly replace: boolean }): Promise<void>
  /** The public half of the service's private key as a JWK set, where the key is here. */
  publicKeys(service: ServiceWish): Promise<string | undefined>
  /** Makes a private key for the service, keeps it, and gives its public half as a JWK set. */
  makeKey(service: ServiceWish): Promise<string>
}
