import { FederateError } from '../errors.ts'
import type { Seconds } from '../units.ts'

/** Work that was given up after `timeout` seconds: `<prefix>_TIMEOUT` (unreachable). */
export function timedOut({ prefix, name }: { readonly prefix: string; readonly name: string }, timeout: Seconds) {
  return new FederateError({
    code: `${prefix}_TIMEOUT`,
    outcome: 'unreachable',
    problem: `${name} did not come within ${timeout} s, all tries together.`,
    next: 'Check the connection to where it comes from, or allow more time.',
    details: { transient: true, timeout },
  })
}
