import { describe, expect, it } from 'vitest'
import { base, path, refusal } from './federate-file.test-kit.ts'

describe('what is not YAML', () => {
  it.each<[string, string, string]>([
    [
      'an open quote',
      'owner: "acme',
      '1:13 is not YAML that federate reads: something is not closed or not separated: a quote, a bracket, a comma, or the ":" behind a key',
    ],
    [
      'an open bracket',
      '{ a: 1',
      '1:7 is not YAML that federate reads: something is not closed or not separated: a quote, a bracket, a comma, or the ":" behind a key',
    ],
    [
      'a tab',
      'a: 1\n\tb: 2',
      '2:1 is not YAML that federate reads: a tab is used for indentation, and YAML takes spaces only',
    ],
    [
      'a reserved character',
      'a: @b',
      '1:4 is not YAML that federate reads: text without quotes begins with a character that YAML reserves; put it in quotes',
    ],
    [
      'two keys in a line',
      'a: b: c',
      '1:4 is not YAML that federate reads: a map begins on the line of a key; put it on a line of its own, or the text in quotes',
    ],
    [
      'two documents',
      'a: 1\n---\nb: 1',
      '2:1 is not YAML that federate reads: a second document begins here ("---"), and one is expected',
    ],
    [
      'a tag of others',
      'a: !secret x',
      '1:4 is not YAML that federate reads: a tag (!name) is not known here or does not fit its value',
    ],
    [
      'binary data',
      'a: !!binary aGk=',
      '1:4 is not YAML that federate reads: a tag (!name) is not known here or does not fit its value',
    ],
    [
      'a key that is a list',
      '? [a]\n: b',
      '1:3 is not YAML that federate reads: a key is a map or a list, and a text is expected',
    ],
    [
      'a wrong escape',
      'a: "C:\\qux"',
      '1:7 is not YAML that federate reads: a backslash in double quotes is followed by what YAML does not know; write \\\\ or use single quotes',
    ],
    [
      'an alias of nothing',
      'a: *b',
      '1:4 is not YAML that federate reads: an alias (*name) has no anchor (&name) before it; put text that begins with * in quotes',
    ],
    [
      'an alias inside itself',
      'a: &a { b: *a }',
      '1:12 is not YAML that federate reads: an alias (*name) stands inside its own anchor (&name)',
    ],
    [
      'deep nesting',
      `a: ${'['.repeat(80)}${']'.repeat(80)}`,
      '1:1 is not YAML that federate reads: maps and lists are nested too deeply',
    ],
    [
      '101 aliases',
      `a: &a x\nb: [${Array(101).fill('*a').join(', ')}]`,
      '2:405 is not YAML that federate reads: aliases (*name) are used too often',
    ],
  ])('%s', (_, text, problem) => {
    const error = refusal(text)
    expect(error.message).toBe(`${path}:${problem}. Correct the file and run the command again.`)
    expect(error).toMatchObject({ code: 'CONFIG_NOT_YAML', outcome: 'usage' })
  })

  it('refuses what grows by aliases of aliases, and very deep nesting, soon', () => {
    const levels = Array.from(
      { length: 9 },
      (_, level) => `l${level + 1}: &l${level + 1} [${Array(9).fill(`*l${level}`)}]`,
    )
    expect(refusal(`l0: &l0 x\n${levels.join('\n')}`).code).toBe('CONFIG_NOT_YAML')
    expect(refusal('['.repeat(100_000)).code).toBe('CONFIG_NOT_YAML')
  })

  it('knows one YAML, whatever the file says', () => {
    expect(refusal(`%YAML 1.1\n---\n${base}apis:\n  a: { audience: yes, <<: { roles: [] } }`).code).toBe(
      'CONFIG_INVALID',
    )
  })
})
