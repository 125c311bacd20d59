import type { Seconds } from '../units.ts'
import type { KeptCredentials } from './entry.ts'

// botocore renews what has less than 15 minutes left, so it must never be handed that. The sixteenth is for its way there.
const widestMargin: Seconds = 16 * 60
/** A clock that was set back by more than this is not believed. */
const tolerance: Seconds = 60

/**
 * From when on credentials are renewed, in milliseconds since 1970: 16 minutes before they expire, so that an SDK which
 * gets them keeps them for a while; at half of their life where that is earlier left.
 */
export function renewAt({ obtainedAt, expiresAt }: Pick<KeptCredentials, 'obtainedAt' | 'expiresAt'>): number {
  return expiresAt - Math.min(widestMargin * 1000, (expiresAt - obtainedAt) / 2)
}

/** Whether they live: not expired, and not obtained in what is the future after a clock was set back. */
export function lives({ obtainedAt, expiresAt }: KeptCredentials, now: number): boolean {
  return obtainedAt - tolerance * 1000 <= now && now < expiresAt
}

export function isFresh(kept: KeptCredentials, now: number): boolean {
  return lives(kept, now) && now < renewAt(kept)
}
