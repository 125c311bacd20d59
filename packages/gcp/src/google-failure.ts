import { type HttpAnswer, redactText, retryAfterIn, type Seconds, tryJsonObject } from '@federate/core'

/** What an API of Google answered instead of doing what it was asked, whichever of its shapes the answer has. */
export interface GoogleFailure {
  readonly status: number
  /** STS: `error`. Other APIs: `error.status`, as in `PERMISSION_DENIED`. Where it is neither: `HTTP 502`. */
  readonly code: string
  readonly message: string
  /** The machine's reason where there is one: `SERVICE_DISABLED`, `IAM_PERMISSION_DENIED`. */
  readonly reason?: string
  /** What the reason names: `permission`, `service`, `constraint`. */
  readonly metadata: Readonly<Record<string, string>>
  /** How long it asks to be left alone. */
  readonly retryAfter?: Seconds | undefined
}

/** Reads an answer of STS (RFC 6749 section 5.2) or of any other API of Google (google.rpc.Status). */
export function readGoogleFailure(answer: HttpAnswer): GoogleFailure {
  const { status } = answer
  const body = tryJsonObject(answer) ?? {}
  const { error } = body
  // Google dates its answers; a date without one to measure it by is far away, and nobody waits for it.
  const retryAfter = retryAfterIn(answer, () => 0)
  if (typeof error === 'string')
    return { status, code: error, message: textOr(body['error_description']), metadata: {}, retryAfter }
  const fields = fieldsOf(error)
  const code = typeof fields['status'] === 'string' ? fields['status'] : `HTTP ${status}`
  const info = listOf(fields['details'])
    .map(fieldsOf)
    .find((detail) => typeof detail['reason'] === 'string')
  const violation = listOf(fields['details'])
    .flatMap((detail) => listOf(fieldsOf(detail)['violations']))
    .map(fieldsOf)[0]
  const reason = info?.['reason'] ?? violation?.['type']
  return {
    status,
    code,
    message: textOr(fields['message']),
    ...(typeof reason === 'string' ? { reason } : {}),
    metadata: textsOf(info?.['metadata']),
    retryAfter,
  }
}

/** Google asks for patience: STS by `quota_exceeded`, the others by 429 and `RESOURCE_EXHAUSTED`. */
export function isThrottling({ status, code }: GoogleFailure): boolean {
  return status === 429 || code === 'quota_exceeded' || code === 'RESOURCE_EXHAUSTED'
}

/** Nothing that the caller did: server errors, and answers of something on the way that is not Google. */
export function isServerFault({ status, code }: GoogleFailure): boolean {
  return status >= 500 || code === `HTTP ${status}`
}

/** Google's words as they stand, but for a full stop at the end: the sentence around them has its own. */
export function verbatim({ code, message }: GoogleFailure): string {
  const words = message.replace(/\.$/, '')
  return words === '' ? code : `${code}: ${words}`
}

/** The facts for `--json`. */
export function failureDetails({ status, code, message, reason, retryAfter }: GoogleFailure): Record<string, unknown> {
  return {
    googleCode: code,
    googleMessage: message,
    reason,
    status,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  }
}

/** A server may echo what it was sent. */
function textOr(value: unknown): string {
  return typeof value === 'string' ? redactText(value) : ''
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function textsOf(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(fieldsOf(value)).flatMap(([name, text]) => (typeof text === 'string' ? [[name, text]] : [])),
  )
}
