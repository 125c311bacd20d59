import { inspect } from 'node:util'
import type { CloudCredentials } from '@federate/core'

export interface GcpCredentialParts {
  readonly accessToken: string
  readonly expiresAt: Date
  /** The service account's email address, or the principal of a federated token. */
  readonly identity: string
  /** Default: `access_token`. */
  readonly kind?: TokenKind | undefined
}

/** An ID token tells a receiver who calls, and opens no API of Google's. */
export type TokenKind = 'access_token' | 'id_token'

/**
 * A token of Google's: a service account's, or a federated one.
 *
 * It prints, inspects and serialises without the token; only the getter gives it.
 */
export class GcpCredentials implements CloudCredentials {
  readonly #accessToken: string
  readonly expiresAt: Date
  readonly identity: string
  readonly kind: TokenKind

  constructor(parts: GcpCredentialParts) {
    this.#accessToken = parts.accessToken
    this.expiresAt = parts.expiresAt
    this.identity = parts.identity
    this.kind = parts.kind ?? 'access_token'
  }

  get accessToken(): string {
    return this.#accessToken
  }

  toJSON(): Record<string, unknown> {
    return { identity: this.identity, expiresAt: this.expiresAt.toISOString() }
  }

  toString(): string {
    return `[Google credentials of ${this.identity}]`
  }

  [inspect.custom](): string {
    return `GcpCredentials ${inspect(this.toJSON())}`
  }
}
