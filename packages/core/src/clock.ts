import { formatDuration } from './duration.ts'
import type { Now } from './network/fetch.ts'
import type { HttpAnswer } from './network/http.ts'
import type { Seconds } from './units.ts'

/** Under this many seconds a difference is the network's delay and rounding, and nobody refuses a token for it. */
const notable = 30

/** How far this clock is ahead of the one that answered (negative: behind), in seconds; `undefined` if it did not say. */
export function clockAhead(answer: Pick<HttpAnswer, 'header'>, now: Now): Seconds | undefined {
  const there = Date.parse(answer.header('date') ?? '')
  return Number.isNaN(there) ? undefined : Math.round((now() - there) / 1000)
}

/** A sentence about a clock that is notably off, or nothing. */
export function clockSentence(ahead: Seconds | undefined): string | undefined {
  if (ahead === undefined || Math.abs(ahead) < notable) return undefined
  return `This host's clock is ${formatDuration(Math.abs(ahead))} ${ahead > 0 ? 'ahead of' : 'behind'} the issuer's.`
}

/**
 * Milliseconds of a clock that nobody sets; it may stand still while the machine sleeps. By `hrtime`, because Node loads
 * `performance` only when it is first named.
 */
export const monotonicNow: Now = () => {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1000 + nanoseconds / 1e6
}

/** What a clock that can be set and one that can sleep showed at one moment, in milliseconds. */
export interface ClockReading {
  readonly wall: number
  readonly steady: number
}

export function readClocks(now: Now, monotonic: Now): ClockReading {
  return { wall: now(), steady: monotonic() }
}

/**
 * The time between two readings. Of the two clocks the one that counted more is believed, so that what was taken to live
 * for some time is never thought to live longer.
 */
export function secondsBetween(from: ClockReading, to: ClockReading): Seconds {
  return Math.max(0, to.wall - from.wall, to.steady - from.steady) / 1000
}

/** By how much the clock that can be set fell behind the other one between two readings; negative where it got ahead. */
export function secondsSetBack(from: ClockReading, to: ClockReading): Seconds {
  return (to.steady - from.steady - (to.wall - from.wall)) / 1000
}

/** Starts to count seconds, as `secondsBetween` counts them. */
export function startStopwatch(now: Now, monotonic: Now): () => Seconds {
  const start = readClocks(now, monotonic)
  return () => secondsBetween(start, readClocks(now, monotonic))
}

/**
 * When something ends that a server gave for `lifetime` seconds, in this host's time. The server says when by its own
 * clock; where this one is behind, that would be taken for a longer life than was asked for.
 *
 * @param sentAt when it was asked for, in milliseconds since 1970
 */
export function endWithin(said: Date, sentAt: number, lifetime: Seconds): Date {
  const latest = Math.floor(sentAt / 1000 + lifetime) * 1000
  return said.getTime() > latest ? new Date(latest) : said
}
