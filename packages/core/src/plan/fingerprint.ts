import { fingerprint } from '../redact.ts'
import type { PlannedWork } from './plan.ts'

/** JSON with sorted keys, so that equal values give equal text (as RFC 8785 does for what plans hold). */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (isPlainObject(inner) ? sorted(inner) : inner)) ?? 'undefined'
}

/** Names a plan: the same wishes over the same state give the same sixteen digits, whatever the order of discovery. */
export function planFingerprint(owner: string, work: readonly PlannedWork[]): string {
  const steps = work
    .filter(({ step }) => step.action !== 'none')
    .map(({ step }) => canonicalJson([step.address, step.action, step.changes]))
    .sort()
  return fingerprint(canonicalJson([owner, steps]))
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function sorted(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
}
