/** What happened to a kept token, for logs and metrics. Holds no token. */
export type FreshnessEvent = {
  readonly audience?: string
  readonly scope: readonly string[]
} & (
  | { readonly type: 'fetching'; readonly background: boolean }
  | { readonly type: 'fetched'; readonly expiresAt: Date; readonly fingerprint: string }
  | { readonly type: 'failed'; readonly error: unknown; readonly failures: number; readonly oldTokenLives: boolean }
)
