import type { Refusal } from '@federate/core/rules'

/**
 * An answer of AWS that says no.
 *
 * No FederateError: it never reaches a caller in this process, only a client, as AWS's XML.
 */
export class QueryFault extends Error {
  readonly code: string
  readonly status: number

  constructor(code: string, message: string, status = 400) {
    super(message)
    this.name = 'QueryFault'
    this.code = code
    this.status = status
  }

  static of({ code, message, status }: Refusal): QueryFault {
    return new QueryFault(code, message, status)
  }
}

/** Codes and statuses of IAM's errors (botocore, iam 2010-05-08). */
export const faults = {
  noSuchEntity: (message: string) => new QueryFault('NoSuchEntity', message, 404),
  alreadyExists: (message: string) => new QueryFault('EntityAlreadyExists', message, 409),
  limitExceeded: (message: string) => new QueryFault('LimitExceeded', message, 409),
  deleteConflict: (message: string) => new QueryFault('DeleteConflict', message, 409),
  invalidInput: (message: string) => new QueryFault('InvalidInput', message),
  malformedPolicy: (message: string) => new QueryFault('MalformedPolicyDocument', message),
  validation: (message: string) => new QueryFault('ValidationError', message),
  accessDenied: (message: string) => new QueryFault('AccessDenied', message, 403),
  idpCommunication: (message: string) => new QueryFault('OpenIdIdpCommunicationError', message),
} as const
