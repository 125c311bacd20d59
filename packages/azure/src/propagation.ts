import { FederateError } from '@federate/core'

/**
 * Whether an exchange's error may only mean that not all of Entra knows of the trust yet: for minutes after a change it
 * answers now as before, now as after it.
 */
export function isPropagating(error: unknown): boolean {
  return error instanceof FederateError && error.details['propagating'] === true
}
