import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { literalPattern, matchesPattern, parsePattern } from './wildcard.ts'

/** The slow and obvious way: try every length that a star can take. */
function reference(pattern: string, text: string): boolean {
  if (pattern === '') return text === ''
  const [first, rest] = [pattern.charAt(0), pattern.slice(1)]
  if (first === '*') return reference(rest, text) || (text !== '' && reference(pattern, text.slice(1)))
  return text !== '' && (first === '?' || first === text.charAt(0)) && reference(rest, text.slice(1))
}

const letters = (from: string) =>
  fc.array(fc.constantFrom(...from.split('')), { maxLength: 9 }).map((all) => all.join(''))

describe('a pattern', () => {
  it('matches as the simple reference does', () => {
    fc.assert(
      fc.property(letters('ab*?'), letters('ab'), (pattern, text) => {
        return matchesPattern(parsePattern(pattern), text) === reference(pattern, text)
      }),
    )
  })

  it('without wildcards matches only itself', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (a, b) => matchesPattern(literalPattern(a), b) === (a === b)))
  })

  it('takes long texts without growing slow', () => {
    const pattern = parsePattern('*a*a*a*a*a*a*a*a*b')
    expect(matchesPattern(pattern, 'a'.repeat(20_000))).toBe(false)
  })

  it('counts in UTF-16 units', () => {
    expect(matchesPattern(parsePattern('?'), '\u{10450}')).toBe(false)
    expect(matchesPattern(parsePattern('??'), '\u{10450}')).toBe(true)
  })
})
