import { describe, expect, it } from 'vitest'
import { missingGrants } from './held-grants.ts'

describe('missingGrants', () => {
  const noted = new Map([
    ['orders', ['reader', 'writer']],
    ['invoices', []],
  ])

  it('is nothing where all is held, whatever else is', () => {
    const held = new Map([...noted, ['api://by-hand', []]])
    expect(missingGrants(noted, held)).toEqual(new Map())
  })

  it('is a role that is gone, and an API that is gone with all of its roles', () => {
    expect(missingGrants(noted, new Map([['orders', ['writer']]]))).toEqual(
      new Map([
        ['orders', ['reader']],
        ['invoices', []],
      ]),
    )
    expect(missingGrants(noted, new Map())).toEqual(noted)
  })
})
