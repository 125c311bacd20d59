import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emailOf, slug } from './names.ts'

describe('slug', () => {
  it.each([
    ['acme-prod', 'acme-prod'],
    ['Acme-Prod', 'acme-prod'],
    ['a', 'federate-a'],
    ['gcp-team', 'federate-gcp-team'],
  ])('makes %s into %s', (text, id) => {
    expect(slug(text)).toBe(id)
  })

  it('always gives an id that Google takes, and different ones for what it had to change', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (text) => {
        expect(slug(text)).toMatch(/^(?!gcp-)[a-z0-9-]{4,32}$/)
      }),
    )
    expect(slug('acme_prod')).not.toBe(slug('acme.prod'))
    expect(slug(`${'a'.repeat(40)}1`)).not.toBe(slug(`${'a'.repeat(40)}2`))
  })
})

describe('emailOf', () => {
  it.each([
    ['billing', 'acme-prod', 'billing@acme-prod.iam.gserviceaccount.com'],
    ['billing', 'example.com:acme', 'billing@acme.example.com.iam.gserviceaccount.com'],
    ['x@other.iam.gserviceaccount.com', 'acme-prod', 'x@other.iam.gserviceaccount.com'],
  ])('of %s in %s', (account, project, email) => {
    expect(emailOf(account, project)).toBe(email)
  })
})
