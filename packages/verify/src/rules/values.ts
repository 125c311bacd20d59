import { printable } from '@federate/core'

/** What a token holds at some place, in the words of a message: short, on one line, nothing secret. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'string') return printable(value)
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value)
  return Array.isArray(value) ? `a list of ${value.length}` : 'an object'
}

/** A list of texts as messages show it. */
export function listed(values: readonly string[]): string {
  return values.map((value) => printable(value)).join(', ') || 'nothing'
}

/** Seconds since the epoch as people read them. */
export function moment(seconds: number): string {
  return Math.abs(seconds) > 8.64e12 ? String(seconds) : new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')
}
