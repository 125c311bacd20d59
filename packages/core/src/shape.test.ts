import { describe, expect, it } from 'vitest'
import { FederateError } from './errors.ts'
import {
  integerAt,
  objectAt,
  oneOfAt,
  optionalIntegerAt,
  optionalOneOfAt,
  optionalStringAt,
  refuseUnknownKeys,
  stringAt,
} from './shape.ts'

const where = 'billing.federate.json, targets.s3'

function problemOf(check: () => unknown): string {
  try {
    check()
  } catch (error) {
    if (!(error instanceof FederateError)) throw error
    expect(error).toMatchObject({
      code: 'SERVICE_FILE_INVALID',
      outcome: 'usage',
      next: 'Write the service file anew with `federate setup`, or correct it by hand.',
    })
    return error.problem
  }
  throw new Error('nothing was refused')
}

describe('shape', () => {
  it('gives what fits', () => {
    const fields = objectAt({ text: 'a', count: 3, kind: 'x' }, where)
    expect(stringAt(fields, 'text', where)).toBe('a')
    expect(optionalStringAt(fields, 'none', where)).toBeUndefined()
    expect(integerAt(fields, 'count', { minimum: 3, maximum: 3 }, where)).toBe(3)
    expect(optionalIntegerAt(fields, 'none', { minimum: 0, maximum: 1 }, where)).toBeUndefined()
    expect(oneOfAt(fields, 'kind', ['x', 'y'], where)).toBe('x')
    expect(optionalOneOfAt(fields, 'none', ['x', 'y'], where)).toBeUndefined()
    expect(() => refuseUnknownKeys(fields, ['text', 'count', 'kind'], where)).not.toThrow()
  })

  it.each<[string, () => unknown, string]>([
    ['a list', () => objectAt([], where), `${where} is a list, expected an object.`],
    ['null', () => objectAt(null, where), `${where} is nothing (null), expected an object.`],
    ['a missing object', () => objectAt(undefined, 'f.json'), 'f.json is missing, expected an object.'],
    ['a missing text', () => stringAt({}, 'a', where), `${where}.a is missing, expected a text that is not empty.`],
    [
      'an inherited text',
      () => stringAt({}, 'toString', 'f.json'),
      'f.json, toString is missing, expected a text that is not empty.',
    ],
    [
      'an empty text',
      () => optionalStringAt({ a: '' }, 'a', where),
      `${where}.a is "", expected a text that is not empty.`,
    ],
    [
      'a number',
      () => stringAt({ a: 5 }, 'a', where),
      `${where}.a is 5 (a number), expected a text that is not empty.`,
    ],
    ['an object', () => stringAt({ a: {} }, 'a', where), `${where}.a is an object, expected a text that is not empty.`],
    [
      'a choice',
      () => oneOfAt({ a: 'keyclok' }, 'a', ['keycloak', 'oidc'], where),
      `${where}.a is "keyclok", expected "keycloak" or "oidc"; did you mean "keycloak"?`,
    ],
    [
      'a fraction',
      () => integerAt({ a: 1.5 }, 'a', { minimum: 1, maximum: 2 }, where),
      `${where}.a is 1.5 (a number), expected a whole number from 1 to 2.`,
    ],
    [
      'a number too large',
      () => optionalIntegerAt({ a: 3 }, 'a', { minimum: 1, maximum: 2 }, where),
      `${where}.a is 3 (a number), expected a whole number from 1 to 2.`,
    ],
    [
      'an unknown key',
      () => refuseUnknownKeys({ rolArn: 'x' }, ['roleArn'], where),
      `${where} has the unknown key "rolArn"; did you mean "roleArn"?`,
    ],
    [
      'a key like none',
      () => refuseUnknownKeys({ zzz: 'x' }, ['roleArn', 'region'], where),
      `${where} has the unknown key "zzz"; known here: roleArn, region.`,
    ],
    [
      'a token',
      () => integerAt({ a: 'eyJhbGciOiJub25lIn0.e30.x' }, 'a', { minimum: 1, maximum: 2 }, where),
      `${where}.a is something else (not shown), expected a whole number from 1 to 2.`,
    ],
    [
      'a long text',
      () => integerAt({ a: 'x'.repeat(61) }, 'a', { minimum: 1, maximum: 2 }, where),
      `${where}.a is a text of 61 characters, expected a whole number from 1 to 2.`,
    ],
    [
      'control characters',
      () => integerAt({ a: '\u001b[2J\u202e' }, 'a', { minimum: 1, maximum: 2 }, where),
      `${where}.a is "\\u001b[2J\\u202e", expected a whole number from 1 to 2.`,
    ],
  ])('refuses %s', (_, check, problem) => {
    expect(problemOf(check)).toBe(problem)
  })
})
