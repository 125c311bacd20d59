import { LRUCache } from 'lru-cache'
import { monotonicNow } from '../clock.ts'
import type { Now } from '../network/fetch.ts'
import type { Seconds } from '../units.ts'
import type { FreshnessEvent } from './freshness-event.ts'
import { KeptToken, type Surroundings } from './kept-token.ts'
import type { Token } from './token.ts'
import type { TokenRequest, TokenSource } from './token-source.ts'

export interface KeepFreshOptions {
  /** Default: `Date.now`. */
  readonly now?: Now
  /** Milliseconds of a clock that is never set. Default: `performance.now`. */
  readonly monotonic?: Now
  /** From 0 to 1, for jitter. Default: `Math.random`. */
  readonly random?: () => number
  /** How many tokens are kept; the least recently used go first. Default: 1,000. */
  readonly maximumTokens?: number
  /** Seconds after which a fetch is given up, all its tries together. Default: 60. */
  readonly timeout?: Seconds
  /** Told of every fetch and what came of it. Default: nobody. */
  readonly onEvent?: (event: FreshnessEvent) => void
  /** Told when a token could not be refreshed while the old one still lives. Default: nobody. */
  readonly warn?: (message: string) => void
}

/** A source that holds tokens between calls. */
export interface KeptTokenSource extends TokenSource {
  /** All living tokens that are held. They are not handed out any more: the next callers wait for new ones. */
  takeAll(): readonly Token[]
}

/**
 * Keeps the tokens of a source, one per audience and set of scopes, and fetches them anew before they expire.
 *
 * - More than the soft margin left: the kept token is returned. Less: it is still returned at once, and one fetch runs in
 *   the background. Less than the hard margin, `minValidity` not met, or `forceRefresh`: the caller waits. See
 *   `freshnessMargins`.
 * - Callers who wait for the same token share one fetch. A caller's abort rejects that caller alone; the fetch ends when
 *   nobody waits any more, or after `timeout`.
 * - While fetching fails and the old token still lives, it is served (never to `forceRefresh`, never against
 *   `minValidity`), and the next try waits: from 1 second, doubling to 60, or as long as the server asks, up to 5 minutes.
 *   With no living token every call tries, except while the server asked to be left alone: then its last error is thrown.
 * - How long a token lives is counted by the system's clock and by a monotonic one; the one that counted more is believed.
 *
 * @throws FederateError `getToken` throws the source's errors, `TOKEN_TIMEOUT` (unreachable), and
 *   `TOKEN_LIFETIME_TOO_SHORT` (failed) when even a new token does not live for `minValidity`.
 */
export function keepFresh(source: TokenSource, options: KeepFreshOptions = {}): KeptTokenSource {
  const tokens = new LRUCache<string, KeptToken>({ max: options.maximumTokens ?? 1000 })
  const surroundings: Surroundings = {
    source,
    now: options.now ?? Date.now,
    monotonic: options.monotonic ?? monotonicNow,
    random: options.random ?? Math.random,
    timeout: options.timeout ?? 60,
    onEvent: options.onEvent ?? (() => {}),
    warn: options.warn ?? (() => {}),
  }
  const kept = (request: TokenRequest): KeptToken => {
    const key = keyOf(request)
    const known = tokens.get(key)
    if (known !== undefined) return known
    const token = new KeptToken(surroundings, request)
    tokens.set(key, token)
    return token
  }
  return {
    getToken: async (request = {}) => {
      request.signal?.throwIfAborted()
      const token = kept(request)
      return token.ready(request) ?? token.wait(request)
    },
    takeAll: () => [...tokens.values()].flatMap((one) => one.take() ?? []),
  }
}

/** The order of scopes means nothing (RFC 6749 section 3.3). */
function keyOf({ audience, scope = [] }: TokenRequest): string {
  // The usual case, and the quick one; the space keeps it apart from what JSON begins with.
  if (scope.length === 0) return audience === undefined ? '' : ` ${audience}`
  return JSON.stringify([audience ?? null, [...new Set(scope)].sort()])
}
