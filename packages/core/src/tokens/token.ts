import { inspect } from 'node:util'
import { fingerprint } from '../redaction/redact.ts'
import { type DecodedJwt, type JwtClaims, tryReadJwt } from './jwt.ts'

/**
 * An issued token. It prints, inspects and serialises redacted; only `reveal()` gives the token itself.
 */
export class Token {
  readonly #value: string
  readonly #jwt: DecodedJwt | undefined
  /** When the token stops being accepted. */
  readonly expiresAt: Date

  constructor(value: string, expiresAt: Date) {
    this.#value = value
    this.#jwt = tryReadJwt(value)
    this.expiresAt = expiresAt
  }

  /** The token itself. Call it where the token is sent, and nowhere else. */
  reveal(): string {
    return this.#value
  }

  /** The claims, unverified; `undefined` for an opaque token. */
  get claims(): JwtClaims | undefined {
    return this.#jwt?.claims
  }

  /** The JOSE header, unverified; `undefined` for an opaque token. */
  get header(): Readonly<Record<string, unknown>> | undefined {
    return this.#jwt?.header
  }

  /** Tells two tokens apart in logs without giving either away. */
  get fingerprint(): string {
    return fingerprint(this.#value)
  }

  toString(): string {
    return `[token sha256:${this.fingerprint}]`
  }

  toJSON(): Record<string, unknown> {
    return { token: this.toString(), expiresAt: this.expiresAt.toISOString(), claims: this.claims }
  }

  [inspect.custom](): string {
    return `Token { ${this.toString()}, expiresAt: ${this.expiresAt.toISOString()} }`
  }
}
