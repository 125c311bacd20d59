import { redactText } from '@federate/core'

/** What an error of the AWS SDK says, whichever service and shape it comes from. */
export interface AwsFailure {
  /**
   * - `answer`: AWS answered with a code
   * - `network`: nobody answered, or the answer was not AWS's
   * - `credentials`: the SDK found no credentials to sign with, and nothing was sent
   */
  readonly kind: 'answer' | 'network' | 'credentials'
  /** AWS's code as sent, or the code of the network error. */
  readonly code: string
  readonly message: string
  readonly status?: number
  readonly requestId?: string
}

/** Reads what the SDK threw. */
export function readAwsFailure(error: unknown): AwsFailure {
  const fields = fieldsOf(error)
  const metadata = fieldsOf(fields['$metadata'])
  const status = numberOr(metadata['httpStatusCode'])
  const requestId = textOr(metadata['requestId']) ?? textOr(fields['RequestId'])
  const name = textOr(fields['name']) ?? 'Error'
  // A server may echo what it was sent.
  const message = redactText(error instanceof Error ? error.message : String(error))
  const about = { message, ...(status === undefined ? {} : { status }), ...(requestId ? { requestId } : {}) }
  if (isCredentialsError(name, message)) return { kind: 'credentials', code: name, ...about }
  const code = textOr(fields['Code'])
  if (code !== undefined) return { kind: 'answer', code, ...about }
  if (status !== undefined && status < 500 && fields['$fault'] !== undefined && name !== 'Unknown') {
    return { kind: 'answer', code: name, ...about }
  }
  return { kind: 'network', code: textOr(fields['code']) ?? (status === undefined ? name : `HTTP ${status}`), ...about }
}

/** The code as the documentation has it; the SDK and some answers add `Exception`. */
export function plainCode(code: string): string {
  return code.replace(/Exception$/, '')
}

const throttlingCodes = new Set([
  'Throttling',
  'ThrottledException',
  'ThrottlingException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'EC2ThrottledException',
  'BandwidthLimitExceeded',
  'PriorRequestNotComplete',
])

/** Whether AWS asks for patience; the codes are those of the SDK's own retry. */
export function isThrottling(failure: AwsFailure): boolean {
  return failure.status === 429 || throttlingCodes.has(failure.code)
}

export function isServerFault(failure: AwsFailure): boolean {
  return failure.status !== undefined && failure.status >= 500
}

/** AWS's words as they stand, but for a full stop at the end: the sentence around them has its own. */
export function verbatim({ code, message }: AwsFailure): string {
  const words = message.replace(/\.$/, '')
  return words === '' || words === code ? code : `${code}: ${words}`
}

/** The facts for `--json`. */
export function failureDetails(failure: AwsFailure): Record<string, unknown> {
  const { code, message, requestId, status } = failure
  return { awsCode: code, awsMessage: message, requestId, status }
}

function isCredentialsError(name: string, message: string): boolean {
  return /^(CredentialsProviderError|TokenProviderError)$/.test(name) || /^Resolved credential object/.test(message)
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return {}
  const names = [...Object.getOwnPropertyNames(value), 'name']
  return Object.fromEntries(names.map((name) => [name, Reflect.get(value, name)]))
}

function textOr(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function numberOr(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
