import { FederateError, redactText } from '@federate/core'
import { exitStatus, statusOf } from './exit-status.ts'
import type { Terminal } from './terminal.ts'

/**
 * Prints a failure in the one form all failures have and gives the exit status.
 *
 * People get it on stderr; with `--json` programs get it on stdout as `{ "error": … }`.
 */
export function reportFailure(error: unknown, asked: string, terminal: Terminal, json: boolean): number {
  const failure = error instanceof FederateError ? error : unexpected(error)
  if (json) terminal.out(`${JSON.stringify({ error: { asked, ...failure.toJSON() } }, undefined, 2)}\n`)
  else terminal.note(failureText(failure, asked, terminal))
  return failure.code.endsWith('_INTERRUPTED') ? exitStatus.interrupted : statusOf(failure.outcome)
}

function failureText(failure: FederateError, asked: string, { style }: Terminal): string {
  const title = `${style('red', 'error')} ${style('bold', failure.code)}  ${style('dim', `(federate ${asked})`)}`
  return [title, ...failureLines(failure, style)].join('\n')
}

/** What stands below the code of every failure. */
export function failureLines(failure: FederateError, style: Terminal['style']): string[] {
  return [
    ...failure.problem.split('\n').map((line) => `  ${line}`),
    ...comparison(failure),
    ...otherCauses(failure).map((cause) => `  or: ${cause}`),
    `  ${style('cyan', 'next:')} ${failure.next}`,
  ]
}

/** The two values that differ, one above the other, where an error names them. */
function comparison({ details }: FederateError): string[] {
  const { expected, actual } = details
  if (typeof expected !== 'string' || typeof actual !== 'string' || expected === actual) return []
  return [`    expected: ${expected}`, `    actual:   ${actual}`]
}

/** What else it may be, less likely than what the problem says. */
function otherCauses({ details }: FederateError): string[] {
  const causes: unknown = details['otherCauses']
  return Array.isArray(causes) ? causes.filter((cause) => typeof cause === 'string') : []
}

function unexpected(error: unknown): FederateError {
  const problem = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return new FederateError({
    code: 'UNEXPECTED',
    outcome: 'failed',
    problem: `Something failed that federate did not foresee: ${redactText(problem)}`,
    next: 'Please report it with this message; --trace adds where it happened.',
    cause: error,
  })
}
