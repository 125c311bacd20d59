import type { FederateErrorOptions } from '../errors.ts'
import type { JsonValue } from '../plan/resource.ts'

/** What credentials are for. The fingerprint is of all of it, so whatever shapes them belongs here. */
export interface CacheSubject {
  readonly cloud: string
  readonly service: string
  /** The issuer's URL. */
  readonly issuer: string
  readonly clientId: string
  /** The target's name in the service file. */
  readonly target: string
  /** Everything else that shapes the credentials: the resolved target, how the issuer is asked, variables. */
  readonly shape: JsonValue
}

export interface KeptCredentials {
  /** Milliseconds since 1970. */
  readonly obtainedAt: number
  readonly expiresAt: number
  /** In the cloud's own words. Secret. */
  readonly record: JsonValue
}

/** A failure that is not asked for again at once. */
export interface KeptRefusal {
  readonly at: number
  readonly error: Pick<FederateErrorOptions, 'code' | 'outcome' | 'problem' | 'next' | 'details'>
}

/** One file of the cache. */
export interface CacheEntry {
  readonly version: 1
  readonly subject: Omit<CacheSubject, 'shape'>
  readonly fingerprint: string
  readonly kept?: KeptCredentials | undefined
  readonly refusal?: KeptRefusal | undefined
}

/** Reads an entry; nothing when the text is not one, or one of another subject. */
export function parseEntry(text: string | undefined, fingerprint: string): CacheEntry | undefined {
  const value = jsonOf(text)
  return isEntry(value) && value.fingerprint === fingerprint ? value : undefined
}

/** Reads any entry, to list it. */
export function parseAnyEntry(text: string | undefined): CacheEntry | undefined {
  const value = jsonOf(text)
  return isEntry(value) ? value : undefined
}

function jsonOf(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Only this user can have written the file, so a half-written or older one is all there is to fear. */
function isEntry(value: unknown): value is CacheEntry {
  if (!hasTexts(value, ['fingerprint']) || !('version' in value) || value.version !== 1) return false
  const { subject, kept, refusal } = { subject: undefined, kept: undefined, refusal: undefined, ...value }
  return (
    hasTexts(subject, ['cloud', 'service', 'issuer', 'clientId', 'target']) &&
    (kept === undefined || (hasNumbers(kept, ['obtainedAt', 'expiresAt']) && 'record' in kept)) &&
    (refusal === undefined || isRefusal(refusal))
  )
}

function isRefusal(value: unknown): boolean {
  if (!hasNumbers(value, ['at']) || !('error' in value)) return false
  const outcomes = ['refused', 'unreachable', 'failed']
  return hasTexts(value.error, ['code', 'outcome', 'problem', 'next']) && outcomes.includes(value.error.outcome)
}

function hasTexts<K extends string>(value: unknown, keys: readonly K[]): value is Record<K, string> {
  return typeof value === 'object' && value !== null && keys.every((key) => typeof Reflect.get(value, key) === 'string')
}

function hasNumbers<K extends string>(value: unknown, keys: readonly K[]): value is Record<K, number> {
  return typeof value === 'object' && value !== null && keys.every((key) => Number.isFinite(Reflect.get(value, key)))
}
