import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { givenRoles, rolesText, scopeOwnerMark, scopeOwners } from './marks.ts'

describe('the marks', () => {
  it('give back the roles that were written, without empty lists', () => {
    const names = fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 3 })
    const key = fc.string({ minLength: 1 }).filter((text) => text !== '__proto__')
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(key, names), { selector: ([one]) => one }), (entries) => {
        const read = givenRoles({ 'federate.roles': rolesText(new Map(entries)) || '{}' })
        expect(Object.fromEntries(read)).toEqual(
          Object.fromEntries(entries.map(([client, roles]) => [client, [...roles].sort()])),
        )
      }),
    )
    expect(rolesText(new Map([['api', []]]))).toBe('')
  })

  it.each(['', 'null', '[1', '"text"', '{"api":3}'])('take %s, which somebody else wrote, for no roles', (text) => {
    expect([...givenRoles({ 'federate.roles': text }).values()].flat()).toEqual([])
  })

  it('tell the owners of a scope apart', () => {
    const attributes = { [scopeOwnerMark('acme')]: 'created', [scopeOwnerMark('other')]: 'used', else: 'x' }
    expect([...scopeOwners(attributes)]).toEqual([
      ['acme', 'created'],
      ['other', 'used'],
    ])
  })
})
