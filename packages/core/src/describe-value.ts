import type { Path } from './redaction/secret-scan.ts'

const longestShown = 60

/** A value as a message may show it: short ones as they are, of others only the kind. Not for secrets. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'nothing (null)'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  // A function would be shown with its source, and a symbol cannot be a text at all.
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`
  if (typeof value !== 'string') return `${value} (${typeof value === 'number' ? 'a number' : `a ${typeof value}`})`
  return value.length > longestShown ? `a text of ${value.length} characters` : quoted(value)
}

/** Its kind only. */
export function describeKind(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  return typeof value === 'string' ? 'a text' : `a ${typeof value}`
}

/** `services.billing.targets["s3.eu"].policies[0]` */
export function describePath(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`
    if (!/^[A-Za-z_][\w-]*$/.test(key) || key.length > longestShown) return `${text}[${describeKey(key)}]`
    return text === '' ? key : `${text}.${key}`
  }, '')
}

/** A key in quotes, cut where it is too long to be one. */
export function describeKey(key: string): string {
  return quoted(key.length > longestShown ? `${key.slice(0, longestShown)}…` : key)
}

/** In quotes, with everything escaped that a terminal would obey or not show. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0
    return `\\u${code.toString(16).padStart(4, '0')}`
  })
}
