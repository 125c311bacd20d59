import type { Seconds } from '../units.ts'
import type { Now } from './fetch.ts'
import type { HttpAnswer } from './http.ts'

/**
 * Reads a `Retry-After` header (RFC 9110 section 10.2.3): whole seconds, or a date, which is measured from `reference`.
 *
 * @returns seconds, 0 for a date that has passed, `undefined` for no header or one that cannot be read.
 */
export function parseRetryAfter(header: string | undefined, reference: Date): Seconds | undefined {
  const text = header?.trim() ?? ''
  if (/^\d{1,9}$/.test(text)) return Number(text)
  // A date starts with the name of its day; `Date.parse` alone would take many things that are no date.
  if (!/^[A-Z][a-z]{2,8}, ?\d/.test(text)) return undefined
  const date = Date.parse(text)
  return Number.isNaN(date) ? undefined : Math.max(0, (date - reference.getTime()) / 1000)
}

/** What the `Retry-After` of an answer asks for, in seconds. A date is measured by the clock that wrote it. */
export function retryAfterIn(answer: Pick<HttpAnswer, 'header'>, now: Now): Seconds | undefined {
  const sent = Date.parse(answer.header('date') ?? '')
  return parseRetryAfter(answer.header('retry-after'), new Date(Number.isNaN(sent) ? now() : sent))
}
