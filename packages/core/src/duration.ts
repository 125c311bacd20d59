import { FederateError } from './errors.ts'
import { printable } from './redaction/printable.ts'
import type { Seconds } from './units.ts'

const shape = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/

/**
 * Reads a length of time such as `1h`, `15m`, `3600s` or `1h30m`: hours, minutes and seconds in this order, each at most
 * once, no spaces, no fractions, more than nothing.
 *
 * @returns seconds
 * @throws FederateError `DURATION_INVALID` (usage).
 */
export function parseDuration(text: string): Seconds {
  const match = shape.exec(text)
  if (text === '' || match === null) throw invalid(text, 'is not a length of time')
  const [, hours = '0', minutes = '0', seconds = '0'] = match
  const total = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
  if (total === 0) throw invalid(text, 'is no time at all')
  if (!Number.isSafeInteger(total)) throw invalid(text, 'is longer than can be counted')
  return total
}

/** Writes whole seconds as `parseDuration` reads them; nothing at all is `0s`. */
export function formatDuration(length: Seconds): string {
  const whole = Math.round(length)
  const hours = Math.floor(whole / 3600)
  const minutes = Math.floor((whole % 3600) / 60)
  const seconds = whole % 60
  const parts = [hours > 0 ? `${hours}h` : '', minutes > 0 ? `${minutes}m` : '', seconds > 0 ? `${seconds}s` : '']
  return parts.join('') || '0s'
}

function invalid(text: string, what: string): FederateError {
  const hint = /^\d+$/.test(text) && Number(text) > 0 ? ` For seconds, write ${text}s.` : ''
  return new FederateError({
    code: 'DURATION_INVALID',
    outcome: 'usage',
    problem: `The duration "${printable(text)}" ${what}: hours, minutes and seconds were expected, such as 1h, 15m, 3600s or 1h30m.`,
    next: `Give the duration with its unit.${hint}`,
  })
}
