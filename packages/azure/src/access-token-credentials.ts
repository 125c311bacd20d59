import { inspect } from 'node:util'
import type { CloudCredentials } from '@federate/core'

export interface AzureCredentialParts {
  readonly accessToken: string
  readonly expiresAt: Date
  readonly tenantId: string
  readonly clientId: string
  readonly scope: string
  /** The issuer's token that was exchanged: software that exchanges by itself wants this one. */
  readonly federatedToken: string
}

/**
 * An access token of Entra for one resource.
 *
 * It prints, inspects and serialises without its tokens; only the two getters give them.
 */
export class AzureCredentials implements CloudCredentials {
  readonly #accessToken: string
  readonly #federatedToken: string
  readonly expiresAt: Date
  readonly tenantId: string
  readonly clientId: string
  readonly scope: string

  constructor(parts: AzureCredentialParts) {
    this.#accessToken = parts.accessToken
    this.#federatedToken = parts.federatedToken
    this.expiresAt = parts.expiresAt
    this.tenantId = parts.tenantId
    this.clientId = parts.clientId
    this.scope = parts.scope
  }

  get accessToken(): string {
    return this.#accessToken
  }

  get federatedToken(): string {
    return this.#federatedToken
  }

  get identity(): string {
    return `client ${this.clientId} in tenant ${this.tenantId}`
  }

  toJSON(): Record<string, unknown> {
    const { tenantId, clientId, scope, identity } = this
    return { tenantId, clientId, scope, identity, expiresAt: this.expiresAt.toISOString() }
  }

  toString(): string {
    return `[Azure credentials of ${this.identity} for ${this.scope}]`
  }

  [inspect.custom](): string {
    return `AzureCredentials ${inspect(this.toJSON())}`
  }
}
