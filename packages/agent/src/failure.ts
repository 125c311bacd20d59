import { FederateError } from '@federate/core'

/** Why something is not fresh. */
export type LoanFailure = Pick<FederateError, 'code' | 'problem' | 'outcome'>

/** What a status says of a failure. */
export function reasonOf({ code, problem, outcome }: FederateError): LoanFailure {
  return { code, problem, outcome }
}

/** What went wrong, in the form that all failures have. */
export function asFederateError(error: unknown): FederateError {
  if (error instanceof FederateError) return error
  return new FederateError({
    code: 'UNEXPECTED',
    outcome: 'failed',
    problem: `Something failed that federate did not foresee: ${String(error)}.`,
    next: 'Please report it with this message.',
    cause: error,
  })
}
