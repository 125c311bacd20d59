import type { Seconds } from '../units.ts'
import type { Token } from './token.ts'

/** What one caller wants of a token. */
export interface TokenRequest {
  /**
   * Whom the token is for. How an issuer is asked for it differs (a scope, a parameter, not at all); the source
   * translates.
   */
  audience?: string
  /** Further OAuth scopes to ask for. */
  scope?: readonly string[]
  /** The least time in seconds that the token must still live. Default: 0. */
  minValidity?: Seconds
  /** Ask the issuer even if a fresh token is at hand. Default: false. */
  forceRefresh?: boolean
  /** Ends this caller's wait. Work that others wait for goes on. */
  signal?: AbortSignal
}

/** Where tokens come from. Everything that fetches, reads, caches or watches tokens is one. */
export interface TokenSource {
  getToken(request?: TokenRequest): Promise<Token>
}
