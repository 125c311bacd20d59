import { monotonicNow } from '../clock.ts'
import type { Now } from '../network/fetch.ts'
import type { Seconds } from '../units.ts'

/** The clocks of something that is kept fresh, and who is warned. */
export interface KeptTiming {
  /** Default: `Date.now`. */
  readonly now?: Now
  /** Milliseconds of a clock that is never set. Default: `monotonicNow`. */
  readonly monotonic?: Now
  /** From 0 to 1, for jitter. Default: `Math.random`. */
  readonly random?: () => number
  /** Seconds after which a fetch is given up, all its tries together. Default: 60. */
  readonly timeout?: Seconds
  /** Told when it could not be refreshed while the old one still lives. Default: nobody. */
  readonly warn?: (message: string) => void
}

export function keptTiming(options: KeptTiming): Required<KeptTiming> {
  return {
    now: options.now ?? Date.now,
    monotonic: options.monotonic ?? monotonicNow,
    random: options.random ?? Math.random,
    timeout: options.timeout ?? 60,
    warn: options.warn ?? (() => {}),
  }
}
