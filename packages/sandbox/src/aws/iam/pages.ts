import type { Parameters } from '../parameters.ts'
import { faults } from '../query-fault.ts'
import { checkNumber } from './validation.ts'

/** One page of a list, and where the next begins. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly marks: { readonly IsTruncated: boolean; readonly Marker?: string }
}

/**
 * Cuts a page out of a list by `Marker` and `MaxItems` (default 100, at most 1000).
 *
 * A marker holds the key of the last item given, so that pages stay right while items come and go.
 */
export function pageOf<T>(parameters: Parameters, items: readonly T[], keyOf: (item: T) => string): Page<T> {
  const size = checkNumber('maxItems', parameters.integer('MaxItems') ?? 100, 1, 1000)
  const after = markedKey(parameters.text('Marker'))
  const sorted = [...items].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  const rest = after === undefined ? sorted : sorted.filter((item) => keyOf(item) > after)
  const page = rest.slice(0, size)
  const last = page.at(-1)
  if (rest.length <= size || last === undefined) return { items: page, marks: { IsTruncated: false } }
  const Marker = Buffer.from(`after:${keyOf(last)}`).toString('base64url')
  return { items: page, marks: { IsTruncated: true, Marker } }
}

function markedKey(marker: string | undefined): string | undefined {
  if (marker === undefined) return undefined
  const [, key] = /^after:(.+)$/s.exec(Buffer.from(marker, 'base64url').toString()) ?? []
  if (key === undefined) throw faults.validation('Invalid Marker.')
  return key
}
