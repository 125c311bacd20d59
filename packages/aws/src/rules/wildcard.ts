/** One place of a pattern: a letter that must be there, any one letter, or any number of letters. */
export type PatternUnit =
  | { readonly kind: 'literal'; readonly unit: string }
  | { readonly kind: 'one' }
  | { readonly kind: 'any' }

/** Reads `*` and `?` as wildcards. Units are those of UTF-16, as in IAM: `?` matches half of an emoji. */
export function parsePattern(text: string): PatternUnit[] {
  return text.split('').map((unit) => {
    if (unit === '*') return { kind: 'any' }
    return unit === '?' ? { kind: 'one' } : { kind: 'literal', unit }
  })
}

/** Reads every letter as itself. */
export function literalPattern(text: string): PatternUnit[] {
  return text.split('').map((unit) => ({ kind: 'literal', unit }))
}

/** Whether a pattern matches a whole text. Linear in practice: after a mismatch only the last `*` takes more. */
export function matchesPattern(pattern: readonly PatternUnit[], text: string): boolean {
  let at = 0
  let unit = 0
  let retryUnit = -1
  let retryAt = 0
  while (at < text.length) {
    const wanted = pattern[unit]
    if (wanted?.kind === 'any') {
      retryUnit = unit
      retryAt = at
      unit += 1
    } else if (wanted?.kind === 'one' || (wanted?.kind === 'literal' && wanted.unit === text[at])) {
      unit += 1
      at += 1
    } else if (retryUnit >= 0) {
      retryAt += 1
      at = retryAt
      unit = retryUnit + 1
    } else {
      return false
    }
  }
  return pattern.slice(unit).every((rest) => rest.kind === 'any')
}
