import { describeKey, describeValue } from './describe-value.ts'
import { FederateError } from './errors.ts'
import type { OptionPlace } from './options/option-place.ts'
import type { JsonValue } from './plan/resource.ts'
import { looksSecret } from './redaction/secret-scan.ts'
import { nearest } from './suggest.ts'

/** What a JSON object holds, before its values are checked. */
export type Fields = Readonly<Record<string, unknown>>

/** Where something stands: in a service file, by its path in messages (`/srv/billing.federate.json, targets.s3`); or in code. */
export type Where = string | OptionPlace

/**
 * The checks below are for what is read at run time, where a schema library would cost more than the request. Each throws
 * FederateError (usage) with the place, what was found and what was expected: `SERVICE_FILE_INVALID`, or for options in
 * code the code of their owner.
 */
export function objectAt(value: unknown, where: Where): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrongShape(where, value, 'an object')
  return Object.fromEntries(Object.entries(value))
}

/** A text that is not empty. */
export function stringAt(fields: Fields, key: string, where: Where): string {
  const value = ownValue(fields, key)
  if (typeof value !== 'string' || value === '')
    throw wrongShape(placeAt(where, key), value, 'a text that is not empty')
  return value
}

/** A text that is not empty, or nothing at all. */
export function optionalStringAt(fields: Fields, key: string, where: Where): string | undefined {
  return ownValue(fields, key) === undefined ? undefined : stringAt(fields, key, where)
}

export function oneOfAt<T extends string>(fields: Fields, key: string, choices: readonly T[], where: Where): T {
  const value = ownValue(fields, key)
  const choice = choices.find((one) => one === value)
  if (choice !== undefined) return choice
  throw wrongShape(placeAt(where, key), value, choices.map((one) => `"${one}"`).join(' or '), {
    suggestion: typeof value === 'string' ? nearest(value, choices) : undefined,
  })
}

export function optionalOneOfAt<T extends string>(
  fields: Fields,
  key: string,
  choices: readonly T[],
  where: Where,
): T | undefined {
  return ownValue(fields, key) === undefined ? undefined : oneOfAt(fields, key, choices, where)
}

export interface NumberLimits {
  readonly minimum: number
  readonly maximum: number
}

/** A whole number between two limits, both included. */
export function integerAt(fields: Fields, key: string, limits: NumberLimits, where: Where): number {
  const value = ownValue(fields, key)
  const { minimum, maximum } = limits
  if (typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximum) return value
  throw wrongShape(placeAt(where, key), value, `a whole number from ${minimum} to ${maximum}`)
}

/** As `integerAt`, or nothing at all. */
export function optionalIntegerAt(fields: Fields, key: string, limits: NumberLimits, where: Where): number | undefined {
  return ownValue(fields, key) === undefined ? undefined : integerAt(fields, key, limits, where)
}

/** A moment, as `Date.toISOString` writes it. */
export function dateAt(fields: Fields, key: string, where: Where): Date {
  const date = new Date(stringAt(fields, key, where))
  if (!Number.isNaN(date.getTime())) return date
  throw wrongShape(placeAt(where, key), fields[key], 'a moment such as 2026-01-01T00:00:00.000Z')
}

/** A list of texts, or nothing at all. */
export function optionalListAt(fields: Fields, key: string, where: Where): readonly string[] | undefined {
  const value = ownValue(fields, key)
  if (value === undefined) return undefined
  const texts = Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
  if (Array.isArray(value) && texts.length === value.length) return texts
  throw wrongShape(placeAt(where, key), value, 'a list of texts')
}

/** An object whose values are texts, or nothing at all. */
export function optionalTextsAt(
  fields: Fields,
  key: string,
  where: Where,
): Readonly<Record<string, string>> | undefined {
  const value = ownValue(fields, key)
  if (value === undefined) return undefined
  const entries = Object.entries(objectAt(value, placeAt(where, key)))
  const texts = entries.flatMap(([name, text]): [string, string][] => (typeof text === 'string' ? [[name, text]] : []))
  if (texts.length === entries.length) return Object.fromEntries(texts)
  throw wrongShape(placeAt(where, key), value, 'an object whose values are texts')
}

/** A JSON object, or nothing at all. */
export function optionalJsonObjectAt(
  fields: Fields,
  key: string,
  where: Where,
): Readonly<Record<string, JsonValue>> | undefined {
  const value = ownValue(fields, key)
  if (value === undefined) return undefined
  const entries = Object.entries(objectAt(value, placeAt(where, key)))
  return Object.fromEntries(entries.flatMap(([name, one]) => (isJson(one) ? [[name, one] as const] : [])))
}

function isJson(value: unknown): value is JsonValue {
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return true
  return typeof value === 'object' && Object.values(value).every(isJson)
}

/** Refuses keys that are not `known`, with the one that was probably meant. Their values are not shown. */
export function refuseUnknownKeys(fields: Fields, known: readonly string[], where: Where): void {
  const unknown = Object.keys(fields).find((key) => !known.includes(key))
  if (unknown === undefined) return
  if (typeof where !== 'string') throw where.unknown(unknown, known)
  const meant = nearest(unknown, known)
  const hint = meant === undefined ? `known here: ${known.join(', ')}` : `did you mean "${meant}"?`
  throw serviceFileInvalid(`${where} has the unknown key ${describeKey(unknown)}; ${hint}`, { where, key: unknown })
}

/** The error for a value of the wrong shape. A value that may be a secret is given as `hidden`. */
export function wrongShape(
  where: Where,
  value: unknown,
  expected: string,
  options: { readonly hidden?: boolean; readonly suggestion?: string | undefined } = {},
): FederateError {
  if (typeof where !== 'string') return where.wrong(value, expected, options)
  const found = describeFound(value, options)
  const hint = options.suggestion === undefined ? '' : `; did you mean "${options.suggestion}"?`
  return serviceFileInvalid(`${where} is ${found}, expected ${expected}${hint}`, { where, found, expected })
}

export function serviceFileInvalid(problem: string, details: Readonly<Record<string, unknown>>): FederateError {
  return new FederateError({
    code: 'SERVICE_FILE_INVALID',
    outcome: 'usage',
    problem: problem.endsWith('?') ? problem : `${problem}.`,
    next: 'Write the service file anew with `federate setup`, or correct it by hand.',
    details,
  })
}

/** What was found where something else was expected. What YAML calls a map is an object in JSON. */
export function describeFound(value: unknown, { hidden = false }: { readonly hidden?: boolean } = {}): string {
  if (value === undefined) return 'missing'
  if (hidden || (typeof value === 'string' && looksSecret(value))) return 'something else (not shown)'
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? 'an object' : describeValue(value)
}

function ownValue(fields: Fields, key: string): unknown {
  return Object.hasOwn(fields, key) ? fields[key] : undefined
}

/** `billing.federate.json, auth.method`: the file, then the path inside it. */
export function placeAt(where: Where, key: string): Where {
  if (typeof where !== 'string') return where.at(key)
  return /[,:] /.test(where) ? `${where}.${key}` : `${where}, ${key}`
}
