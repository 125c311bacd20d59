import { FederateError, type HttpAnswer, tryJsonObject } from '@federate/core'

/** What Google said no with, whichever of its two shapes the answer has. */
export interface GoogleRefusal {
  readonly status: number
  /** `invalid_grant` of STS (RFC 6749), `PERMISSION_DENIED` of the other APIs (google.rpc.Code). */
  readonly code: string
  readonly message: string
  /** The `reason` of an `ErrorInfo` detail, where there is one: `SERVICE_DISABLED`. */
  readonly reason?: string | undefined
}

/** Reads a refusal; `undefined` for a body that is not one of Google's: a proxy's page, say. */
export function readRefusal(answer: HttpAnswer): GoogleRefusal | undefined {
  const body = tryJsonObject(answer)
  const { status } = answer
  if (typeof body?.['error'] === 'string') {
    return { status, code: body['error'], message: textOf(body['error_description']) }
  }
  const error = objectOf(body?.['error'])
  if (error === undefined) return undefined
  const code = textOf(error['status']) || String(status)
  return { status, code, message: textOf(error['message']), reason: reasonOf(error['details']) }
}

function reasonOf(details: unknown): string | undefined {
  const reasons = Array.isArray(details) ? details.map((detail) => objectOf(detail)?.['reason']) : []
  return reasons.find((reason) => typeof reason === 'string')
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/**
 * Google's own words, for the middle of a sentence: its code, a colon and its message without the full stop, which the
 * sentence brings.
 */
export function verbatim({ code, message }: GoogleRefusal): string {
  return message === '' ? code : `${code}: ${message.replace(/\.$/, '')}`
}

/**
 * The text in one field of an answer that was expected to have it.
 *
 * @throws FederateError (unreachable) `GCP_ANSWER_INCOMPLETE`.
 */
export function textField(answer: HttpAnswer, fields: Readonly<Record<string, unknown>>, name: string): string {
  const value = fields[name]
  if (typeof value === 'string' && value !== '') return value
  throw new FederateError({
    code: 'GCP_ANSWER_INCOMPLETE',
    outcome: 'unreachable',
    problem: `${answer.url} answered with status ${answer.status} and without "${name}".`,
    next: `Check that no proxy on the way answers for ${answer.peer.name}.`,
    details: { url: answer.url, status: answer.status, field: name },
  })
}
