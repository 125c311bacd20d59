import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matchesPattern, parsePattern } from './rules/wildcard.ts'
import { expandSessionName, isSessionName, sessionNamePattern } from './session-name.ts'

const claims = { client_id: 'bil ling', 'a.b': 'x', level: 3 }

describe('a session name with claims', () => {
  it.each([
    ['nightly', 'nightly'],
    ['{client_id}-nightly', 'bil-ling-nightly'],
    ['{a.b}{a.b}', 'xx'],
    ['{client_id}', 'bil-ling'],
  ])('%s becomes %s', (template, name) => {
    expect(isSessionName(template)).toBe(true)
    expect(expandSessionName(template, claims)).toBe(name)
  })

  it.each(['{tenant}-x', '{level}-x'])('%s needs a claim that is a text', (template) => {
    expect(() => expandSessionName(template, claims)).toThrow(expect.objectContaining({ code: 'AWS_SESSION_NAME' }))
  })

  it('is always one that STS takes, and fits the pattern that pins it', () => {
    const part = fc.constantFrom('a', '-x', '{who}', '@')
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 2, maxLength: 5 }),
        fc.string({ minLength: 1, maxLength: 20 }),
        (parts, who) => {
          const template = parts.join('')
          const name = expandSessionName(template, { who })
          if (name.length === 64) return true
          return /^[\w+=,.@-]+$/.test(name) && matchesPattern(parsePattern(sessionNamePattern(template)), name)
        },
      ),
    )
  })
})
