import type { Fetch, Now, NumberRange, Seconds } from '@federate/core'
import type { KeyOptions, VerifierSettings } from './options.ts'
import { verifierOptions } from './verifier-option.ts'

/** What a verifier goes by for all its issuers, checked, with the defaults filled in. */
export interface CheckedSettings {
  readonly clockTolerance: Seconds
  readonly maximumLength: number
  readonly rememberedTokens: number
  readonly keys: Required<KeyOptions>
  /** `undefined`: the transport of core, which is made only where something is fetched. */
  readonly fetch: Fetch | undefined
  readonly now: Now
  readonly warn: (message: string) => void
}

// A member that the type has and this object lacks does not compile.
export const settingNames: readonly string[] = Object.keys({
  ...{ clockTolerance: true, maximumLength: true, rememberedTokens: true, keys: true },
  ...{ fetch: true, now: true, warn: true },
} satisfies Record<keyof VerifierSettings, true>)

const keyOptionNames = Object.keys({
  ...{ maximumAge: true, maximumStale: true, unknownKeyInterval: true, timeout: true },
} satisfies Record<keyof KeyOptions, true>)

const clockRange: NumberRange = {
  ...{ minimum: 0, maximum: 300 },
  reason:
    'Give seconds: a token is accepted for that long after it has expired. Clocks that differ by more are to be set right.',
}
const lengthRange: NumberRange = {
  ...{ minimum: 1, maximum: 1_000_000, whole: true },
  reason: 'Give the characters of the longest token; whatever is shorter is read for everybody who sends it.',
}
const rememberedRange: NumberRange = {
  ...{ minimum: 0, maximum: 1_000_000, whole: true },
  reason: 'Give how many tokens are kept in memory; 0 keeps none.',
}
const ageRange: NumberRange = {
  ...{ minimum: 1, maximum: 86_400 },
  reason: 'Give seconds: a key that the issuer has taken away is trusted for that long.',
}
const staleRange: NumberRange = {
  ...{ minimum: 0, maximum: 604_800 },
  reason: 'Give seconds: while the issuer cannot be reached, a key that it has taken away is trusted for that long.',
}
const intervalRange: NumberRange = {
  ...{ minimum: 1, maximum: 3_600 },
  reason: 'Give seconds: made-up keys make the issuer be asked that often, and a new key may be unknown for that long.',
}
/** For one request to the issuer. */
export const timeoutRange: NumberRange = {
  ...{ minimum: 0.01, maximum: 60 },
  reason: 'Give seconds: a caller waits for that long while the issuer does not answer.',
}

/** @throws FederateError (usage) `VERIFIER_OPTION`, `VERIFIER_OPTION_UNKNOWN`. */
export function checkedSettings(given: VerifierSettings): CheckedSettings {
  const { clockTolerance = 5, maximumLength = 16_384, rememberedTokens = 10_000, keys = {} } = given
  const { fetch, now = Date.now, warn = noWarnings } = given
  return {
    clockTolerance: verifierOptions.at('clockTolerance').number(clockTolerance, clockRange),
    maximumLength: verifierOptions.at('maximumLength').number(maximumLength, lengthRange),
    rememberedTokens: verifierOptions.at('rememberedTokens').number(rememberedTokens, rememberedRange),
    keys: keyOptions(keys),
    fetch: fetch === undefined ? undefined : verifierOptions.at('fetch').function(fetch),
    now: verifierOptions.at('now').function(now),
    warn: verifierOptions.at('warn').function(warn),
  }
}

export function keyOptions(given: KeyOptions): Required<KeyOptions> {
  const place = verifierOptions.at('keys')
  const checked = place.object(given, keyOptionNames)
  const { maximumAge = 600, maximumStale = 86_400, unknownKeyInterval = 10, timeout = 5 } = checked
  return {
    maximumAge: place.at('maximumAge').number(maximumAge, ageRange),
    maximumStale: place.at('maximumStale').number(maximumStale, staleRange),
    unknownKeyInterval: place.at('unknownKeyInterval').number(unknownKeyInterval, intervalRange),
    timeout: place.at('timeout').number(timeout, timeoutRange),
  }
}

function noWarnings(): void {}
