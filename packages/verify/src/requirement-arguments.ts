import { describeFound, describeKey, FederateError, nearest } from '@federate/core'

/** A text that is not empty. `call` is what was called, as people write it: `requireRole(role)`. */
export function textGiven(call: string, given: unknown): string {
  if (typeof given === 'string' && given !== '') return given
  throw wrongArgument(call, given, 'a text that is not empty')
}

/** Texts one by one, at least one: with none, everybody would do, or nobody. */
export function textsGiven(call: string, given: readonly unknown[]): readonly string[] {
  if (given.length === 0) throw wrongArgument(call, undefined, 'at least one text')
  const [first] = given
  if (Array.isArray(first)) throw wrongArgument(call, first, 'texts one by one', 'Spread it: `(...list)`.')
  return given.map((one) => textGiven(call, one))
}

/** An object with no other members than the known ones. */
export function optionsGiven<T>(call: string, given: T, known: readonly string[]): T & object {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw wrongArgument(call, given, `an object with ${known.join(', ')}`)
  }
  for (const key in given) {
    if (known.includes(key)) continue
    const meant = nearest(key, known)
    throw requirementInvalid(
      `${call} was given the unknown option ${describeKey(key)}.`,
      meant === undefined ? `Take it out; known here: ${known.join(', ')}.` : `Did you mean "${meant}"?`,
    )
  }
  return given
}

/** The error for what a requirement was made of. */
export function wrongArgument(call: string, given: unknown, expected: string, next?: string): FederateError {
  const found = given === undefined ? 'nothing' : describeFound(given)
  return requirementInvalid(
    `${call} was given ${found}, expected ${expected}.`,
    next ?? 'Say what the token must have: what is not said is not asked for.',
  )
}

export function requirementInvalid(problem: string, next: string): FederateError {
  return new FederateError({ code: 'REQUIREMENT_INVALID', outcome: 'usage', problem, next })
}
