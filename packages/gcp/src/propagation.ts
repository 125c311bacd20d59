import { FederateError } from '@federate/core'

/**
 * Whether an exchange's error may only mean that not all of Google knows of the trust yet: STS may not know the provider
 * for some seconds, and IAM the binding for minutes ("Access change propagation").
 */
export function isPropagating(error: unknown): boolean {
  return error instanceof FederateError && error.details['propagating'] === true
}

/** How long that may take, in seconds: Google says two minutes typically, and seven or more at times. */
export const propagationTime = 420
