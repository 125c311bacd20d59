import fc from 'fast-check'
import { expect, it } from 'vitest'
import { newSecret, sameSecret, secretOf } from './secret.ts'

it('opens to the secret itself, again and again, and to nothing in between', () => {
  const value = newSecret()
  const secret = secretOf(value)
  const strangers = ['', value.slice(1), value.slice(0, -1), `${value}x`, ` ${value}`, value.toUpperCase(), undefined]
  for (const stranger of strangers) {
    expect(sameSecret(stranger, secret)).toBe(false)
    expect(sameSecret(value, secret)).toBe(true)
  }
})

it('is the same only for the same text, whatever its characters', () => {
  const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: fc.constantFrom('a', 'b', 'é', 'š') }))
  fc.assert(
    fc.property(text, text, (given, value) => {
      expect(sameSecret(given, secretOf(value))).toBe(given === value)
      expect(sameSecret(value, secretOf(value))).toBe(true)
    }),
  )
})
