import { FederateError, redactText } from '@federate/core'
import { destination, pino, stdTimeFunctions } from 'pino'
import type { Log } from './agent.ts'

/** Bytes of lines that wait for room on the disk; what is said beyond them is lost. */
const mostUnwritten = 100_000

/** Lines of JSON on stderr, without anything that looks like a secret. */
export function jsonLog(level: string): Log {
  const options = {
    level,
    base: { name: 'federate-agent' },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }), log: redacted },
  }
  // Written at once: the last line before the end is the one that counts.
  const stderr = destination({ dest: 2, sync: true, maxLength: mostUnwritten })
  // A disk that takes no more is no reason to lend nothing.
  stderr.on('error', () => undefined)
  return pino(options, stderr)
}

/** Facts come from errors and configuration; texts among them may quote what a server said. */
function redacted(facts: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(facts).map(([key, value]) => [key, redactedValue(value)]))
}

function redactedValue(value: unknown): unknown {
  if (value instanceof FederateError) return value.toJSON()
  return typeof value === 'string' ? redactText(value) : value
}
