import { Kept, type KeptEvent, type KeptRequest } from './kept.ts'
import { type KeptTiming, keptTiming } from './timing.ts'

export interface KeepCredentialsOptions<T> extends KeptTiming {
  /** As a sentence begins. Default: `The credentials`. */
  readonly name?: string
  /** Told of every exchange and what came of it, with the credentials themselves. Default: nobody. */
  readonly onEvent?: (event: KeptEvent<T>) => void
}

/** Gives credentials that will do for what is asked. */
export type KeptCredentials<T> = (request?: KeptRequest) => Promise<T>

/**
 * Keeps a cloud's credentials by the rules by which `keepFresh` keeps tokens: any number of callers share one exchange,
 * it is made ahead of time, and what still lives is served while it fails.
 *
 * @throws FederateError the errors of `exchange`, `CREDENTIALS_TIMEOUT` (unreachable), and
 *   `CREDENTIALS_LIFETIME_TOO_SHORT` (failed) when even new ones do not live for `minValidity`.
 */
export function keepCredentials<T extends { readonly expiresAt: Date }>(
  exchange: (request: { readonly forceRefresh: boolean; readonly signal: AbortSignal }) => Promise<T>,
  options: KeepCredentialsOptions<T> = {},
): KeptCredentials<T> {
  const kept = new Kept<T>({
    ...keptTiming(options),
    words: {
      prefix: 'CREDENTIALS',
      name: options.name ?? 'The credentials',
      lifetime: 'their lifetime, or that of the token they are exchanged for,',
    },
    fetch: (forceRefresh, signal) => exchange({ forceRefresh, signal }),
    tell: (event) => options.onEvent?.(event),
  })
  return async (request = {}) => {
    request.signal?.throwIfAborted()
    return kept.get(request)
  }
}
