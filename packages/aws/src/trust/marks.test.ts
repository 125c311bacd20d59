import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maximumTagLength, tagText } from '../tag-text.ts'
import {
  contributionKeys,
  contributionTags,
  createdMark,
  ownTags,
  readProviderMarks,
  readWords,
  roleOwner,
  roleTags,
  wordTags,
} from './marks.ts'

const words = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 80, unit: 'grapheme' }))

describe('role tags', () => {
  it('say whose the role is and which tags federate.yaml asked for', () => {
    const tags = roleTags('acme', 'billing', 's3', { Team: 'pay', Cost: '7' })
    expect(tags).toEqual({
      Team: 'pay',
      Cost: '7',
      'federate:tags': 'Cost Team',
      'federate:owner': 'acme',
      'federate:service': 'billing',
      'federate:target': 's3',
    })
    expect(roleOwner(tags)).toBe('acme')
  })

  it("own tags are our marks and the wished ones, never somebody else's", () => {
    const tags = { ...roleTags('acme', 'billing', 's3', { Team: 'pay' }), CostCenter: '42' }
    expect(ownTags(tags).sort()).toEqual([
      'Team',
      'federate:owner',
      'federate:service',
      'federate:tags',
      'federate:target',
    ])
  })
})

describe('provider marks', () => {
  it('tell who made it and what each owner contributes', () => {
    const tags = {
      ...createdMark('acme'),
      ...contributionTags('acme', ['sts.amazonaws.com', 'orders']),
      ...contributionTags('acme-2', []),
      Name: 'x',
    }
    const marks = readProviderMarks(tags)
    expect(marks.createdBy).toBe('acme')
    expect([...marks.contributions]).toEqual([
      ['acme', new Set(['orders', 'sts.amazonaws.com'])],
      ['acme-2', new Set()],
    ])
    expect(contributionKeys('acme', tags)).toEqual(['federate:owner:acme'])
  })

  it('are readable for what people use as client ids', () => {
    expect(contributionTags('acme', ['https://orders.example.com/a', 'user@host', 'what?*'])).toEqual({
      'federate:owner:acme': 'https://orders.example.com/a user@host what=3F=2A',
    })
  })
})

describe('words in tags', () => {
  it('come back as they went in, within what tags may hold', () => {
    fc.assert(
      fc.property(words, (list) => {
        const tags = wordTags('federate:owner:acme', list)
        for (const value of Object.values(tags)) {
          if (list.every((word) => word.length <= 20)) expect(value.length).toBeLessThanOrEqual(maximumTagLength)
          expect(value).toMatch(tagText)
        }
        expect(readWords('federate:owner:acme', tags)).toEqual(new Set(list))
      }),
    )
  })

  it('are spread over several tags when one is too short', () => {
    const ids = Array.from({ length: 40 }, (_, index) => `service-number-${index}`)
    const tags = wordTags('k', ids)
    expect(Object.keys(tags)).toEqual(['k', 'k:2', 'k:3'])
    expect(readWords('k', tags)).toEqual(new Set(ids))
  })

  it('that nobody encoded stand for themselves', () => {
    expect(readWords('k', { k: 'a=b =ZZ' })).toEqual(new Set(['a=b', '=ZZ']))
  })
})
