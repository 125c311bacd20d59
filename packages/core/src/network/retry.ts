import { FederateError } from '../errors.ts'
import type { Sleep } from '../sleep.ts'
import type { Seconds } from '../units.ts'
import { backOff } from './back-off.ts'
import type { Now } from './fetch.ts'

export interface RetryOptions {
  readonly sleep: Sleep
  readonly random: () => number
  readonly now: Now
  readonly signal?: AbortSignal | undefined
}

const tries = 3
const base: Seconds = 0.5
const longestDelay: Seconds = 10
const longestTotal: Seconds = 30

/**
 * Runs `attempt` up to three times while it fails with an error whose `details.transient` is true: network errors, 429,
 * 5xx. Waits between, at least as long as the server asked for. It gives up early, with the last error, when the server asks
 * for more than 10 seconds or when 30 seconds have passed: whoever waits longer than that wants to be told.
 */
export async function withRetries<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const start = options.now()
  for (let failures = 1; ; failures += 1) {
    try {
      return await attempt()
    } catch (error) {
      const elapsed = (options.now() - start) / 1000
      const delay = delayBefore(error, failures, options.random)
      if (delay === undefined || elapsed + delay > longestTotal) throw error
      await options.sleep(delay, options.signal)
    }
  }
}

/** How long to wait after this failure, or `undefined` to give up. */
function delayBefore(error: unknown, failures: number, random: () => number): Seconds | undefined {
  if (failures >= tries || !(error instanceof FederateError) || error.details['transient'] !== true) return undefined
  const retryAfter = retryAfterOf(error)
  if (retryAfter !== undefined && retryAfter > longestDelay) return undefined
  return backOff({ failures, random, base, longest: longestDelay, retryAfter })
}

/** What a server asked for, in seconds, if the error says. */
export function retryAfterOf(error: unknown): Seconds | undefined {
  const value = error instanceof FederateError ? error.details['retryAfter'] : undefined
  return typeof value === 'number' ? value : undefined
}
