import { inspect } from 'node:util'
import type { CloudCredentials } from '@federate/core'
import { parseAssumedRole } from './partition.ts'

export interface AwsCredentialParts {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  readonly expiresAt: Date
  /** ARN of the assumed role: `arn:aws:sts::123456789012:assumed-role/billing/federate-billing`. */
  readonly identity: string
}

/**
 * Temporary credentials of an assumed role.
 *
 * They print, inspect and serialise without the secret key and the session token; only the two getters give them.
 */
export class AwsCredentials implements CloudCredentials {
  readonly #secretAccessKey: string
  readonly #sessionToken: string
  readonly accessKeyId: string
  readonly expiresAt: Date
  readonly identity: string
  readonly accountId: string | undefined

  constructor(parts: AwsCredentialParts) {
    this.#secretAccessKey = parts.secretAccessKey
    this.#sessionToken = parts.sessionToken
    this.accessKeyId = parts.accessKeyId
    this.expiresAt = parts.expiresAt
    this.identity = parts.identity
    this.accountId = parseAssumedRole(parts.identity)?.account
  }

  get secretAccessKey(): string {
    return this.#secretAccessKey
  }

  get sessionToken(): string {
    return this.#sessionToken
  }

  toJSON(): Record<string, unknown> {
    const { accessKeyId, accountId, identity } = this
    return { accessKeyId, accountId, identity, expiresAt: this.expiresAt.toISOString() }
  }

  toString(): string {
    return `[AWS credentials ${this.accessKeyId} of ${this.identity}]`
  }

  [inspect.custom](): string {
    return `AwsCredentials ${inspect(this.toJSON())}`
  }
}
