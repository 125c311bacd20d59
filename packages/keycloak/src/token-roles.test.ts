import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { intersection, type Roles, union } from './token-roles.ts'

const name = fc.constantFrom('', 'orders', 'billing')
const roles: fc.Arbitrary<Roles> = fc
  .uniqueArray(fc.tuple(name, fc.uniqueArray(fc.constantFrom('a', 'b', 'c'))), { selector: ([owner]) => owner })
  .map((entries) => new Map(entries))
const has = (all: Roles, owner: string, role: string) => all.get(owner)?.includes(role) === true

describe('roles', () => {
  it('are in a union when they are in one side, and in an intersection when they are in both', () => {
    fc.assert(
      fc.property(roles, roles, name, fc.constantFrom('a', 'b', 'c'), (one, other, owner, role) => {
        expect(has(union(one, other), owner, role)).toBe(has(one, owner, role) || has(other, owner, role))
        expect(has(intersection(one, other), owner, role)).toBe(has(one, owner, role) && has(other, owner, role))
      }),
    )
  })
})
