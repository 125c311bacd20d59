import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nearest } from './suggest.ts'

describe('nearest', () => {
  it.each([
    ['secrte', 'secret'],
    ['secre', 'secret'],
    ['ssecret', 'secret'],
    ['sexret', 'secret'],
    ['Clientid', 'clientId'],
    ['asw', 'aws'],
  ])('takes %s for %s', (word, meant) => {
    expect(nearest(word, ['clientId', 'aws', 'secret'])).toBe(meant)
  })

  it('does not guess', () => {
    expect(nearest('banana', ['clientId', 'aws', 'secret'])).toBeUndefined()
    expect(nearest('', ['a'])).toBeUndefined()
    expect(nearest('x'.repeat(81), ['x'.repeat(80)])).toBeUndefined()
  })

  it('takes the first of equally near ones', () => {
    expect(nearest('bat', ['cat', 'hat'])).toBe('cat')
  })

  it('finds every candidate by itself', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }), (words) => {
        for (const word of words) expect(nearest(word, words)).toBe(word)
      }),
    )
  })
})
