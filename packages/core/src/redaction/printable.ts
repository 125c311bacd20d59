import { redactText } from './redact.ts'

const limit = 300

/**
 * Makes words of another party fit for a message: redacted, on one line, without control characters that a terminal
 * would obey, at most 300 characters.
 */
export function printable(text: string): string {
  const oneLine = redactText(text)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
  return oneLine.length > limit ? `${oneLine.slice(0, limit)}…` : oneLine
}
