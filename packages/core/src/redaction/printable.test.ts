import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { printable } from './printable.ts'

describe('printable', () => {
  it('keeps one line of plain words', () => {
    expect(printable('Invalid scopes: aws')).toBe('Invalid scopes: aws')
  })

  it('takes out what a terminal would obey', () => {
    expect(printable('a\u001b[31mb\r\nc\u202ed')).toBe('a [31mb c d')
  })

  it('redacts', () => {
    expect(printable('client_secret=hunter2 was sent')).toBe('client_secret=[redacted] was sent')
  })

  it('is short and without control characters whatever comes in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), (text) => {
        expect(printable(text).length).toBeLessThanOrEqual(301)
        expect(printable(text)).not.toMatch(/\p{Cc}/u)
      }),
    )
  })
})
