import type { Seconds } from '../units.ts'

export interface BackOffOptions {
  /** How many tries have failed in a row, from 1. */
  readonly failures: number
  /** From 0 to 1, as `Math.random`. */
  readonly random: () => number
  /** The delay after the first failure; doubled by each further one. */
  readonly base: Seconds
  /** No delay is longer, not even one that the server asked for. */
  readonly longest: Seconds
  /** What the server asked for; never undercut, but for `longest`. */
  readonly retryAfter?: Seconds | undefined
}

/** How long to wait before the next try: exponential, with the upper half at random so that clients drift apart. */
export function backOff({ failures, random, base, longest, retryAfter = 0 }: BackOffOptions): Seconds {
  const exponential = Math.min(longest, base * 2 ** Math.min(failures - 1, 30))
  const jittered = exponential * (0.5 + random() / 2)
  return Math.min(longest, Math.max(jittered, retryAfter))
}
