import { randomBytes } from 'node:crypto'
import type { Now } from '@federate/core'
import type { AcceptanceQuestion } from '@federate/gcp/rules'

/** Who an access token is, and until when. */
export type Bearer = { readonly expiresAt: number } & (
  | { readonly kind: 'administrator' }
  /** Of STS: everything that the exchange was judged by. */
  | { readonly kind: 'federated'; readonly question: AcceptanceQuestion }
  | { readonly kind: 'service account'; readonly email: string; readonly scopes: readonly string[] }
)

/** The access tokens that were issued. */
export class AccessTokens {
  readonly #now: Now
  readonly #issued = new Map<string, Bearer>()

  constructor(now: Now) {
    this.#now = now
  }

  issue(bearer: Bearer): string {
    const token = `ya29.${bearer.kind === 'federated' ? 'd' : 'c'}.${randomBytes(48).toString('base64url')}`
    this.#issued.set(token, bearer)
    return token
  }

  find(token: string | undefined): Bearer | undefined {
    const bearer = this.#issued.get(token ?? '')
    return bearer !== undefined && bearer.expiresAt > this.#now() ? bearer : undefined
  }
}
