import { fingerprint } from '../redaction/redact.ts'
import type { Change } from './resource.ts'

/** JSON with sorted keys, so that equal values give equal text (as RFC 8785 does for what plans hold). */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (isPlainObject(inner) ? sorted(inner) : inner)) ?? 'undefined'
}

/** What of a step makes the plan the plan it is. */
interface NamedStep {
  readonly address: string
  readonly action: string
  readonly changes: readonly Change[]
}

/** Names a plan: the same wishes over the same state give the same sixteen digits, whatever the order of discovery. */
export function planFingerprint(owner: string, steps: readonly NamedStep[]): string {
  const named = steps
    .filter(({ action }) => action !== 'none')
    .map(({ address, action, changes }) => canonicalJson([address, action, changes]))
    .sort()
  return fingerprint(canonicalJson([owner, named]))
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function sorted(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
}
