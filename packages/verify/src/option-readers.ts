import { describeFound, describeKey, FederateError, nearest } from '@federate/core'

/**
 * Readers of single options. Types say what an option is, but JavaScript and JSON do not ask them, and an option that is
 * misread here lets callers in. `place` names it: `clockTolerance`, `issuers[1].clients`. Each throws FederateError
 * (usage) `VERIFIER_OPTION` with the option, what was found and what was expected.
 */
export function textOf(value: unknown, place: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw wrongOption(place, value, 'a text that is not empty')
}

/** A list of texts that are not empty. A text is none, though it has a length and members, too. */
export function textsOf(value: unknown, place: string): readonly string[] {
  if (!Array.isArray(value)) throw wrongOption(place, value, 'a list of texts')
  // From a list with holes, too: `map` would step over them.
  return Array.from(value, (one, index) => textOf(one, `${place}[${index}]`))
}

export interface NumberRange {
  readonly minimum: number
  readonly maximum: number
  /** Default: it may be a fraction. */
  readonly whole?: boolean
  /** Why there is an upper bound, as a full sentence. */
  readonly reason: string
}

export function numberOf(value: unknown, range: NumberRange, place: string): number {
  const { minimum, maximum, whole = false, reason } = range
  const fits = typeof value === 'number' && value >= minimum && value <= maximum
  if (fits && (!whole || Number.isInteger(value))) return value
  throw wrongOption(place, value, `a ${whole ? 'whole ' : ''}number from ${minimum} to ${maximum}`, { next: reason })
}

export function choiceOf<T extends string>(value: unknown, choices: readonly T[], place: string): T {
  const choice = choices.find((one) => one === value)
  if (choice !== undefined) return choice
  const meant = typeof value === 'string' ? nearest(value, choices) : undefined
  throw wrongOption(place, value, choices.map((one) => `"${one}"`).join(' or '), {
    ...(meant === undefined ? {} : { next: `Did you mean "${meant}"?` }),
  })
}

export function functionOf<T>(value: T, place: string): T {
  if (typeof value === 'function') return value
  throw wrongOption(place, value, 'a function')
}

/** An object that has no other members than the known ones, inherited ones included: these are read, too. */
export function objectOf<T>(value: T, known: readonly string[], place: string): T & object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrongOption(place, value, 'an object')
  for (const key in value) if (!known.includes(key)) throw unknownOption(place, key, known)
  return value
}

/** The error for an option that is not as it must be. A value that may be a secret is given as `hidden`. */
export function wrongOption(
  place: string,
  value: unknown,
  expected: string,
  { next, hidden = false }: { readonly next?: string; readonly hidden?: boolean } = {},
): FederateError {
  const found = describeFound(value, { hidden })
  return new FederateError({
    code: 'VERIFIER_OPTION',
    outcome: 'usage',
    problem: `${place} ${place === optionsThemselves ? 'are' : 'is'} ${found}, expected ${expected}.`,
    next: next ?? 'Correct it where the verifier or the guard is made.',
    details: { option: place, found, expected },
  })
}

/** How messages call the object that holds all options. */
export const optionsThemselves = 'The options'

function unknownOption(place: string, key: string, known: readonly string[]): FederateError {
  const meant = nearest(key, known)
  return new FederateError({
    code: 'VERIFIER_OPTION_UNKNOWN',
    outcome: 'usage',
    problem: `${place} ${place === optionsThemselves ? 'have' : 'has'} the unknown member ${describeKey(key)}; it would have no effect.`,
    next: meant === undefined ? `Take it out; known here: ${known.join(', ')}.` : `Did you mean "${meant}"?`,
    details: { option: place, key },
  })
}
