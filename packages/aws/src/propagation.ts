import { FederateError } from '@federate/core'

/**
 * Whether an exchange's error may only mean that not all of AWS knows of the trust yet: IAM is eventually consistent, so
 * for some seconds after a change STS may answer as before it.
 */
export function isPropagating(error: unknown): boolean {
  return error instanceof FederateError && error.details['propagating'] === true
}
