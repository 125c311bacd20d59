import { type CelEnv, CelScalar, celEnv, celFunc, celMethod, listType, parse, plan } from '@bufbuild/cel'
import { strings } from '@bufbuild/cel/ext'
import { extract } from './extract.ts'

const { BOOL, INT, STRING } = CelScalar

/** The method of CEL's standard library, for the function of the same name. */
const matchesMethod = plan(celEnv({ variables: { text: STRING, pattern: STRING } }), parse('text.matches(pattern)'))

/** The definition of CEL has `matches` in both forms; the library only as a method. */
const matches = celFunc('matches', [STRING, STRING], BOOL, (text, pattern) => {
  const result = matchesMethod({ text, pattern })
  if (typeof result === 'boolean') return result
  throw new Error(result instanceof Error ? result.message : 'matches gave no boolean')
})

/** As in Go and C++: the last part holds what is left. The library's own drops it. */
const splitInParts = celMethod('split', STRING, [STRING, INT], listType(STRING), function (separator, limit) {
  const parts = this.split(separator)
  const most = Number(limit)
  if (most === 0) return []
  if (most < 0 || parts.length <= most) return parts
  return [...parts.slice(0, most - 1), parts.slice(most - 1).join(separator)]
})

const extractMethod = celMethod('extract', STRING, [STRING], STRING, function (pattern) {
  return extract(this, pattern)
})

/**
 * CEL with Google's `extract` and the strings extension, where `split` and `join` are. The extension comes whole: what of
 * it Google does not document is judged, and called undocumented.
 */
export const environment: CelEnv = celEnv({
  funcs: [...strings.filter(({ id }) => id !== splitInParts.id), splitInParts, matches, extractMethod],
})
