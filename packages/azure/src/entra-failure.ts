import { type HttpAnswer, redactText, tryJsonObject } from '@federate/core'

/** What Entra's token endpoint says when it refuses. */
export interface EntraFailure {
  readonly status: number
  /** OAuth's error: `invalid_client`. */
  readonly error: string
  /** Without the prefix: `700213`. Unknown where what answered is not Entra. */
  readonly aadsts: string | undefined
  /** Entra's words, without the ids and the time at their end. */
  readonly message: string
  /** What Microsoft's support asks for. */
  readonly traceId: string | undefined
  readonly correlationId: string | undefined
  readonly timestamp: string | undefined
}

/** Reads a refusal (Microsoft identity platform, v2-oauth2-client-creds-grant-flow, error response). */
export function readEntraFailure(answer: HttpAnswer): EntraFailure {
  const body = tryJsonObject(answer) ?? {}
  const description = textOf(body['error_description']) ?? ''
  const codes = body['error_codes']
  const [code]: readonly unknown[] = Array.isArray(codes) ? codes : []
  return {
    status: answer.status,
    error: textOf(body['error']) ?? `HTTP ${answer.status}`,
    aadsts: /AADSTS(\d+)/.exec(description)?.[1] ?? (typeof code === 'number' ? String(code) : undefined),
    message: redactText(wordsOf(description)),
    traceId: textOf(body['trace_id']) ?? /Trace ID: (\S+)/.exec(description)?.[1],
    correlationId: textOf(body['correlation_id']) ?? /Correlation ID: (\S+)/.exec(description)?.[1],
    timestamp: textOf(body['timestamp']),
  }
}

/** Entra's words as they stand, but for a full stop at the end: the sentence around them has its own. */
export function verbatim({ aadsts, message, error, status }: EntraFailure): string {
  const code = aadsts === undefined ? `${error} (status ${status})` : `AADSTS${aadsts}`
  return message === '' ? code : `${code}: ${message}`
}

/** The ids by which Microsoft's support finds the request, for the end of a problem. */
export function identification({ traceId, correlationId }: EntraFailure): string {
  return `Trace id: ${traceId ?? '(none)'}, correlation id: ${correlationId ?? '(none)'}.`
}

/** The facts for `--json`. */
export function failureDetails(failure: EntraFailure): Record<string, unknown> {
  const { aadsts, error, status, traceId, correlationId, timestamp } = failure
  return {
    aadsts: aadsts === undefined ? undefined : `AADSTS${aadsts}`,
    error,
    status,
    traceId,
    correlationId,
    timestamp,
  }
}

function wordsOf(description: string): string {
  const [words = ''] = description.replace(/^AADSTS\d+:\s*/, '').split(/\s*Trace ID:/)
  return words.replaceAll(/\s+/g, ' ').trim().replace(/\.$/, '')
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
