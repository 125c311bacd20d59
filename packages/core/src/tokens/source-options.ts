import { checkEnvironment } from '../authentication/secret-options.ts'
import type { OptionPlace } from '../options/option-place.ts'
import type { KeepFreshOptions } from './freshness.ts'
import type { TokenSource } from './token-source.ts'

/** An option that says where the issuer's tokens come from. */
export function tokenSourceAt(given: TokenSource, place: OptionPlace): TokenSource {
  const next = 'Give a source of tokens, such as keycloak({ issuer, clientId, auth }).'
  return place.objectWith(given, ['getToken'], 'a source of tokens', next)
}

/** What the credentials of every cloud take, checked: where tokens come from, and the surroundings. */
export function credentialOptionsAt<T extends { readonly token: TokenSource; readonly env?: object }>(
  given: T,
  known: readonly string[],
  place: OptionPlace,
): T {
  const checked = place.object(given, known, 'Give { token, … }, with token from keycloak({ issuer, clientId, auth }).')
  tokenSourceAt(checked.token, place.at('token'))
  place.functions(checked, ['fetch', 'now', 'warn'])
  if (checked.env !== undefined) checkEnvironment(checked.env, place.at('env'))
  return checked
}

const freshnessNames = Object.keys({
  ...{ now: true, monotonic: true, random: true, timeout: true, warn: true, maximumTokens: true, onEvent: true },
} satisfies Record<keyof KeepFreshOptions, true>)

/** The options of `keepFresh`, by themselves or in those of a source. */
export function checkFreshness(given: KeepFreshOptions | undefined, place: OptionPlace): void {
  if (given === undefined) return
  const { timeout, maximumTokens } = place.object(given, freshnessNames)
  place.functions(given, ['now', 'monotonic', 'random', 'warn', 'onEvent'])
  if (timeout !== undefined) place.at('timeout').number(timeout, timeoutRange)
  if (maximumTokens !== undefined) place.at('maximumTokens').number(maximumTokens, tokensRange)
}

/** Seconds; beyond it the timers of Node fire at once. */
export const timeoutRange = { minimum: 0.001, maximum: 2_000_000, reason: 'Give seconds.' }
const tokensRange = { minimum: 1, maximum: 1_000_000, whole: true, reason: 'Give how many tokens are kept.' }
