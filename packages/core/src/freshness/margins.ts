import type { Seconds } from '../units.ts'

export interface Margins {
  /** With less than this left, a new token is fetched while the old one is still handed out. */
  readonly soft: Seconds
  /** With less than this left, callers wait for a new one. */
  readonly hard: Seconds
}

/**
 * How early a token is replaced. Soft: the greater of 30 seconds and a fifth of its lifetime, at most half of it, less up to
 * a fifth at random, so that clients which started together drift apart. Hard: 10 seconds, at most a tenth of the lifetime.
 * So 300 seconds give 48 to 60 and 10; 20 minutes give 192 to 240 and 10; 30 seconds give 12 to 15 and 3.
 */
export function freshnessMargins(lifetime: Seconds, random: () => number): Margins {
  const widest = Math.min(Math.max(30, lifetime / 5), lifetime / 2)
  return { soft: widest * (1 - random() / 5), hard: Math.min(10, lifetime / 10) }
}
