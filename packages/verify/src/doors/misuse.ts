import { describeFound, FederateError } from '@federate/core'

/** How a guard is used, as messages say it. */
export interface Use {
  /** What it must be called with. */
  readonly expected: string
  /** The next step, as a full sentence with code. */
  readonly next: string
}

/**
 * Refuses calls of a guard that look like a check and are none: handed to a truthy value or a forgotten promise, they
 * would let everybody in. It throws at once, before anything can be sent.
 *
 * @throws FederateError (usage) `GUARD_MISUSED`
 */
export function checkCall(fits: boolean, given: readonly unknown[], { expected, next }: Use): void {
  if (fits) return
  const found = given.every((one) => one === undefined) ? 'nothing' : given.map(kindOf).join(', ')
  throw new FederateError({
    code: 'GUARD_MISUSED',
    outcome: 'usage',
    problem: `The guard was called with ${found}, expected ${expected}; it has checked nothing.`,
    next,
    details: { found, expected },
  })
}

/** Whether a guard that is put before a handler got one, and nothing that it would not look at. */
export function isOneHandler(given: readonly unknown[]): boolean {
  return given.length === 1 && typeof given[0] === 'function'
}

/** Whether the value has a member of this name that can be called. */
export function hasMethod(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, name) === 'function'
}

/** Of objects the class, which tells people what they handed over; never what is in it. */
function kindOf(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return describeFound(value, { hidden: typeof value === 'string' })
  const { name = '' } = Object(value).constructor ?? {}
  return typeof name === 'string' && /^[A-Z]\w{0,60}$/.test(name) && name !== 'Object'
    ? `an object (${name})`
    : 'an object'
}
