import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { credentialProblems } from '../rules/index.ts'
import {
  credentialName,
  description,
  foreignTags,
  ownerIn,
  ownerInDescription,
  ownerMark,
  ownerOfCredential,
  tagRecord,
  tagTexts,
} from './marks.ts'
import { uuidOf } from './role-assignment.ts'

const owner = fc.stringMatching(/^[a-z][a-z0-9-]{1,31}$/)
const name = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,62}$/)

describe('the name of a federated credential', () => {
  it('says whose it is, and Entra takes it', () => {
    fc.assert(
      fc.property(owner, name, name, (whose, service, target) => {
        const made = credentialName(whose, service, target)
        expect(ownerOfCredential(made)).toBe(whose)
        const credential = { name: made, issuer: 'https://kc.example.com', subject: 's', audiences: ['a'] }
        expect(credentialProblems(credential, [])).toEqual([])
      }),
    )
  })

  it('differs where service or target differ, also where they are long or have dots', () => {
    const long = 'x'.repeat(63)
    const names = [
      credentialName('acme', 'a.b', 'c'),
      credentialName('acme', 'a-b', 'c'),
      credentialName('acme', long, `${long}1`),
      credentialName('acme', long, `${long}2`),
    ]
    expect(new Set(names).size).toBe(4)
  })

  it('is nobody’s when others chose it', () => {
    expect(ownerOfCredential('federate-acme')).toBeUndefined()
    expect(ownerOfCredential('federate_ACME_billing')).toBeUndefined()
  })
})

describe('marks', () => {
  it('of tags and descriptions are read as they were written', () => {
    fc.assert(
      fc.property(owner, (whose) => {
        expect(ownerIn(['x', ownerMark(whose)])).toBe(whose)
        expect(ownerIn(tagTexts(tagRecord([ownerMark(whose)])))).toBe(whose)
        expect(ownerInDescription(description(whose, ['billing']))).toBe(whose)
      }),
    )
  })

  it('are taken off without what others put there', () => {
    expect(foreignTags(['theirs', ownerMark('acme'), 'federate:adopted=true'])).toEqual(['theirs'])
    expect(ownerInDescription('Made by hand')).toBeUndefined()
  })
})

describe('uuidOf', () => {
  it('is the same for the same text, and a UUID of version 5', () => {
    expect(uuidOf('a')).toBe(uuidOf('a'))
    expect(uuidOf('a')).not.toBe(uuidOf('b'))
    expect(uuidOf('a')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })
})
