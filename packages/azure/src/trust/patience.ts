import { FederateError, type Now, type Seconds, type Sleep } from '@federate/core'

/** What waiting needs of the outside. */
export interface Patience {
  readonly now: Now
  readonly sleep: Sleep
  readonly signal: AbortSignal
  readonly warn: (message: string) => void
}

const firstPause: Seconds = 0.5
const longestPause: Seconds = 10
const longestWait: Seconds = 300
const announceAfter: Seconds = 5

// What passes by itself: Entra and Resource Manager hear of new objects at different times, and refuse overlapping writes.
const passing = new Set(['AZURE_PRINCIPAL_NOT_FOUND', 'AZURE_NOT_THERE_YET', 'AZURE_THROTTLED', 'AZURE_UNAVAILABLE'])

/**
 * Runs `attempt` until it succeeds, for up to five minutes while it fails with what passes by itself; waits at least as
 * long as the server asks for.
 *
 * @param also further codes of errors that pass by themselves here. @param what names the work, for people who wait.
 */
export async function patiently<T>(
  what: string,
  attempt: () => Promise<T>,
  { now, sleep, signal, warn }: Patience,
  also: readonly string[] = [],
): Promise<T> {
  const start = now()
  let pause = firstPause
  let announced = false
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof FederateError) || !(passing.has(error.code) || also.includes(error.code))) throw error
      const asked = error.details['retryAfter']
      const delay = Math.max(pause, typeof asked === 'number' ? asked : 0)
      const waited = (now() - start) / 1000
      if (waited + delay > longestWait) throw error
      if (!announced && waited >= announceAfter) {
        warn(`Waiting to ${what}: Azure has not heard everywhere of what was just made (${error.code}).`)
        announced = true
      }
      await sleep(delay, signal)
      pause = Math.min(longestPause, pause * 2)
    }
  }
}
