import { hash } from 'node:crypto'
import { RecentlyUsed, type Seconds } from '@federate/core'
import type { VerificationKey } from '../keys/verification-key.ts'
import type { VerifiedToken } from './verified-token.ts'

/** A token that was verified before, and the key that it was verified with. */
export interface Remembered {
  readonly token: VerifiedToken
  readonly key: VerificationKey
}

/**
 * The tokens that were verified lately, by their SHA-256: a service sends the same one hundreds of times. A token counts
 * until it expires, without tolerance for clocks, and only as long as its key does.
 */
export class RememberedTokens {
  readonly #tokens: RecentlyUsed<Remembered> | undefined

  constructor(maximum: number) {
    this.#tokens = maximum === 0 ? undefined : new RecentlyUsed(maximum)
  }

  get(id: string, now: Seconds): Remembered | undefined {
    const found = this.#tokens?.get(id)
    if (found === undefined || now < found.token.expiresAt) return found
    this.#tokens?.delete(id)
    return undefined
  }

  set(id: string, remembered: Remembered, now: Seconds): void {
    if (now < remembered.token.expiresAt) this.#tokens?.set(id, remembered)
  }

  forget(id: string): void {
    this.#tokens?.delete(id)
  }
}

/** What a token is known by: from it nobody can make the token. */
export function tokenId(text: string): string {
  return hash('sha256', text, 'base64url')
}
