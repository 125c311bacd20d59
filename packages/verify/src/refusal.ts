import { FederateError, type Seconds } from '@federate/core'

/** The error codes of RFC 6750 section 3.1. */
export type BearerError = 'invalid_request' | 'invalid_token' | 'insufficient_scope'

/** What the caller is told: never more than RFC 6750 asks for. */
export interface Answer {
  readonly status: 400 | 401 | 403 | 503
  /** `undefined` with 401: the request brought no token, so nothing is wrong with one (section 3.1). */
  readonly error?: BearerError
  readonly description?: string
  /** The scopes that would have been enough. */
  readonly scope?: string
  /** Seconds after which another try may help. */
  readonly retryAfter?: Seconds
}

export interface RefusalOptions {
  readonly code: string
  readonly problem: string
  readonly next: string
  readonly answer: Answer
  readonly details?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/**
 * Why a request is not let in. Code, problem and next step are for the log of the API; `answer` is all that the caller
 * gets to know.
 */
export class Refusal extends FederateError {
  readonly answer: Answer

  constructor({ answer, ...options }: RefusalOptions) {
    super({ ...options, outcome: answer.status === 503 ? 'unreachable' : 'refused' })
    this.answer = answer
  }
}

export const noToken: Answer = { status: 401 }

export const invalidToken: Answer = {
  status: 401,
  error: 'invalid_token',
  description: 'The access token is not valid for this API',
}

/** The one reason that callers are told: nothing but a new token helps, and they can get it by themselves. */
export const expiredToken: Answer = { status: 401, error: 'invalid_token', description: 'The access token expired' }

export function invalidRequest(description: string): Answer {
  return { status: 400, error: 'invalid_request', description }
}

export function notEnough(scope?: string): Answer {
  const description = 'The access token does not allow this'
  return { status: 403, error: 'insufficient_scope', description, ...(scope === undefined ? {} : { scope }) }
}

export function unavailable(retryAfter: Seconds): Answer {
  return { status: 503, retryAfter: Math.max(1, Math.ceil(retryAfter)) }
}
