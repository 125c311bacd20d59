import { FederateError, redactText } from '@federate/core'
import { destination, pino, stdTimeFunctions } from 'pino'
import type { Log } from './agent.ts'

/** Lines of JSON on stderr, without anything that looks like a secret. */
export function jsonLog(level: string): Log {
  const options = {
    level,
    base: { name: 'federate-agent' },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }), log: redacted },
  }
  // Written at once: the last line before the end is the one that counts.
  return pino(options, destination({ dest: 2, sync: true }))
}

/** Facts come from errors and configuration; texts among them may quote what a server said. */
function redacted(facts: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(facts).map(([key, value]) => [key, redactedValue(value)]))
}

function redactedValue(value: unknown): unknown {
  if (value instanceof FederateError) return value.toJSON()
  return typeof value === 'string' ? redactText(value) : value
}
