import { Kept, type KeptEvent, type KeptWords } from '../freshness/kept.ts'
import { RecentlyUsed } from '../freshness/recently-used.ts'
import { type KeptTiming, keptTiming } from '../freshness/timing.ts'
import { optionsOf } from '../options/option-place.ts'
import type { FreshnessEvent } from './freshness-event.ts'
import { checkFreshness, tokenSourceAt } from './source-options.ts'
import type { Token } from './token.ts'
import type { TokenRequest, TokenSource } from './token-source.ts'

export interface KeepFreshOptions extends KeptTiming {
  /** How many tokens are kept; the least recently used go first. Default: 1,000. */
  readonly maximumTokens?: number
  /** Told of every fetch and what came of it. Default: nobody. */
  readonly onEvent?: (event: FreshnessEvent) => void
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
 * @throws FederateError (usage) at once `OPTION`, `OPTION_UNKNOWN`. `getToken` throws the source's errors, `TOKEN_TIMEOUT` (unreachable), and
 *   `TOKEN_LIFETIME_TOO_SHORT` (failed) when even a new token does not live for `minValidity`.
 */
export function keepFresh(source: TokenSource, options: KeepFreshOptions = {}): KeptTokenSource {
  const place = optionsOf('keepFresh')
  tokenSourceAt(source, place.at('source'))
  checkFreshness(options, place)
  const tokens = new RecentlyUsed<Kept<Token>>(options.maximumTokens ?? 1000)
  const timing = keptTiming(options)
  const kept = (request: TokenRequest): Kept<Token> => {
    const key = keyOf(request)
    const known = tokens.get(key)
    if (known !== undefined) return known
    const wish = wishOf(request)
    const token = new Kept<Token>({
      ...timing,
      words,
      fetch: (forceRefresh, signal) => source.getToken({ ...wish, forceRefresh, signal }),
      tell: (event) => options.onEvent?.({ ...wish, ...withoutToken(event) }),
    })
    tokens.set(key, token)
    return token
  }
  return {
    getToken: async (request = {}) => {
      request.signal?.throwIfAborted()
      return kept(request).get(request)
    },
    takeAll: () => tokens.values().flatMap((one) => one.take() ?? []),
  }
}

const words: KeptWords = {
  prefix: 'TOKEN',
  name: 'The token',
  lifetime: 'the lifetime of access tokens at the issuer',
}

function wishOf({ audience, scope = [] }: TokenRequest): { audience?: string; scope: readonly string[] } {
  return { ...(audience === undefined ? {} : { audience }), scope }
}

function withoutToken(event: KeptEvent<Token>): DistributiveOmit<FreshnessEvent, 'audience' | 'scope'> {
  if (event.type === 'fetching') return event
  if (event.type === 'failed') {
    const { oldLives, ...rest } = event
    return { ...rest, oldTokenLives: oldLives }
  }
  const { expiresAt, fingerprint } = event.value
  return { type: 'fetched', expiresAt, fingerprint }
}

type DistributiveOmit<T, Key extends PropertyKey> = T extends unknown ? Omit<T, Key> : never

/** The order of scopes means nothing (RFC 6749 section 3.3). */
function keyOf({ audience, scope = [] }: TokenRequest): string {
  // The usual case, and the quick one; the space keeps it apart from what JSON begins with.
  if (scope.length === 0) return audience === undefined ? '' : ` ${audience}`
  return JSON.stringify([audience ?? null, [...new Set(scope)].sort()])
}
