import type { FederateError } from '@federate/core'
import { exitStatus, statusOf } from '../exit-status.ts'
import { failureLines } from '../failure.ts'
import type { Terminal } from '../terminal.ts'
import { ruleLines } from '../verdict.ts'
import type { Check, Place } from './place.ts'

/**
 * One place as people read it.
 *
 * @param before the places that they have read: what failed there for the same reason is not told again.
 */
export function placeText({ name, about, checks }: Place, before: readonly Place[], terminal: Terminal): string {
  const told = new Set(failures(before).map(({ message }) => message))
  const lines = checks.flatMap((check) => checkLines(check, told, terminal))
  return `${terminal.outStyle('bold', name)}  ${terminal.outStyle('dim', about)}\n${lines.join('\n')}\n\n`
}

function checkLines({ error, ...check }: Check, told: ReadonlySet<string>, terminal: Terminal): string[] {
  if (error === undefined) return ruleLines(check, terminal)
  const again = told.has(error.message)
  const detail = `${error.code}${again ? ', as above' : ''}`
  const title = ruleLines({ rule: check.rule, outcome: 'failed', detail }, terminal)
  return again ? title : [...title, ...failureLines(error, terminal.outStyle).map((line) => `   ${line}`)]
}

/** The last line: how many checks there were, and what came of them. */
export function summary(service: string, places: readonly Place[]): string {
  const checks = places.flatMap((place) => place.checks)
  const count = (outcome: Check['outcome']) => checks.filter((check) => check.outcome === outcome).length
  const parts = [
    `${count('passed')} of ${checks.length} checks passed`,
    ...(['failed', 'warning', 'unknown', 'not reached'] as const)
      .filter((outcome) => count(outcome) > 0)
      .map((outcome) => `${count(outcome)} ${outcome === 'warning' ? 'to look at' : outcome}`),
  ]
  return `${service}: ${parts.join(', ')}.\n`
}

/** What programs get: the same, with the code of each failure. */
export function reportJson(service: string, places: readonly Place[]): object {
  return {
    service,
    healthy: failures(places).length === 0,
    places: places.map(({ name, about, checks }) => ({ name, about, checks: checks.map(checkJson) })),
  }
}

function checkJson({ rule, error, ...check }: Check): object {
  return { check: rule, ...check, ...(error === undefined ? {} : { code: error.code, details: error.details }) }
}

/** The first failure decides: what comes after it often comes of it. */
export function statusOfPlaces(places: readonly Place[]): number {
  const [first] = failures(places)
  if (first === undefined) return exitStatus.done
  return first.outcome === 'usage' ? exitStatus.failed : statusOf(first.outcome)
}

function failures(places: readonly Place[]): readonly FederateError[] {
  return places.flatMap(({ checks }) => checks.flatMap(({ error }) => error ?? []))
}
