import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { marked, markOf, withoutMark } from './marks.ts'

const owner = fc.stringMatching(/^[a-z][a-z0-9-]{0,40}$/)

describe('marks in descriptions', () => {
  it('are found again whatever stands before them, within 256 characters', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400 }), owner, fc.boolean(), (words, name, adopted) => {
        const text = marked(words, { owner: name, adopted })
        expect(markOf(text)).toEqual({ owner: name, adopted })
        expect(text.length).toBeLessThanOrEqual(256)
      }),
    )
  })

  it('leave the words as they were', () => {
    expect(withoutMark(marked('Our pool.', { owner: 'acme', adopted: true }))).toBe('Our pool.')
    expect(markOf('Our pool [federate:acme] and more')).toBeUndefined()
    expect(markOf('')).toBeUndefined()
  })
})
