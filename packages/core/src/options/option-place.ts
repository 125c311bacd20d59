import { describeKey, describeKind } from '../describe-value.ts'
import { FederateError } from '../errors.ts'
import { describeFound } from '../shape.ts'
import { nearest } from '../suggest.ts'

/** Whose options are read, for the codes and words of what is wrong with one. */
export interface OptionOwner {
  /** Code of an option that is wrong; with `_UNKNOWN` after it, of one that does not exist. */
  readonly code: string
  /** How messages call the object that holds all options: `The options of clientSecret`. */
  readonly themselves: string
  /** Before the name of each option: `clientSecret, `. Default: nothing. */
  readonly prefix?: string
  /** Where to correct it, as a full sentence. */
  readonly next: string
  /** What is found may be a secret: messages tell its kind only. */
  readonly hidden?: boolean
}

export interface NumberRange {
  readonly minimum: number
  readonly maximum: number
  /** Default: it may be a fraction. */
  readonly whole?: boolean
  /** Why there are bounds, as a full sentence. Default: the owner's next step. */
  readonly reason?: string
}

/** How an error for an option differs from that of others. */
export interface WrongOption {
  /** Default: the owner's. */
  readonly next?: string | undefined
  /** Default: the owner's. */
  readonly hidden?: boolean | undefined
  readonly suggestion?: string | undefined
}

/**
 * One option of a function, or the object that holds them all, read from code. Types say what an option is, but JavaScript
 * and JSON do not ask them. Each reader throws FederateError (usage) with the owner's code, the option, what was found and
 * what was expected.
 */
export class OptionPlace {
  readonly #owner: OptionOwner
  readonly #path: string

  constructor(owner: OptionOwner, path = '') {
    this.#owner = owner
    this.#path = path
  }

  /** A member of this one: `assumeRole.roleArn`, `scopes[1]`. */
  at(member: string | number): OptionPlace {
    if (typeof member === 'number') return new OptionPlace(this.#owner, `${this.#path}[${member}]`)
    return new OptionPlace(this.#owner, this.#path === '' ? member : `${this.#path}.${member}`)
  }

  toString(): string {
    return this.#path === '' ? this.#owner.themselves : `${this.#owner.prefix ?? ''}${this.#path}`
  }

  text(value: unknown): string {
    if (typeof value === 'string' && value !== '') return value
    throw this.wrong(value, 'a text that is not empty')
  }

  /** A list of texts that are not empty. A text is none, though it has a length and members, too. */
  texts(value: unknown): readonly string[] {
    if (!Array.isArray(value)) throw this.wrong(value, 'a list of texts')
    // From a list with holes, too: `map` would step over them.
    return Array.from(value, (one: unknown, index) => this.at(index).text(one))
  }

  number(value: unknown, { minimum, maximum, whole = false, reason }: NumberRange): number {
    const fits = typeof value === 'number' && value >= minimum && value <= maximum
    if (fits && (!whole || Number.isInteger(value))) return value
    throw this.wrong(value, `a ${whole ? 'whole ' : ''}number from ${minimum} to ${maximum}`, { next: reason })
  }

  choice<T extends string>(value: unknown, choices: readonly T[]): T {
    const choice = choices.find((one) => one === value)
    if (choice !== undefined) return choice
    const meant = typeof value === 'string' ? nearest(value, choices) : undefined
    throw this.wrong(value, choices.map((one) => `"${one}"`).join(' or '), {
      next: meant === undefined ? undefined : `Did you mean "${meant}"?`,
    })
  }

  function<T>(value: T): T {
    if (typeof value === 'function') return value
    throw this.wrong(value, 'a function')
  }

  /** All members of these names that are there are functions. */
  functions(given: object, names: readonly string[]): void {
    for (const name of names) {
      const value: unknown = Reflect.get(given, name)
      if (value !== undefined) this.at(name).function(value)
    }
  }

  /** An object that has no other members than the known ones, inherited ones included: these are read, too. */
  object<T>(value: T, known: readonly string[], next?: string): T & object {
    if (!isObject(value)) throw this.wrong(value, 'an object', { next })
    for (const key in value) if (!known.includes(key)) throw this.unknown(key, known)
    return value
  }

  /** An object of whatever members, at least these functions among them: `what` is how messages call it. */
  objectWith<T>(value: T, methods: readonly string[], what: string, next?: string): T & object {
    const missing = isObject(value) ? methods.find((name) => typeof Reflect.get(value, name) !== 'function') : ''
    if (isObject(value) && missing === undefined) return value
    throw this.wrong(value, missing === '' ? what : `${what}: it has no function ${missing}`, { next, hidden: true })
  }

  /** Of several members the one that is there, where exactly one must be; one that is undefined is not there. */
  oneMember<T extends string>(value: object, names: readonly T[], next?: string): T {
    const given = names.filter((name) => Reflect.get(value, name) !== undefined)
    const [only] = given
    if (only !== undefined && given.length === 1) return only
    const found = given.length === 0 ? 'none of them' : given.join(' and ')
    throw this.#error('', {
      problem: `${this} ${this.#verb('has', 'have')} ${found}, expected one of ${names.join(', ')}.`,
      next,
      details: { option: `${this}`, found: given, expected: names },
    })
  }

  /** The error for a value that is not as it must be. */
  wrong(value: unknown, expected: string, { next, hidden, suggestion }: WrongOption = {}): FederateError {
    const found = (hidden ?? this.#owner.hidden ?? false) ? foundKind(value) : describeFound(value)
    const hint = suggestion === undefined ? '.' : `; did you mean "${suggestion}"?`
    return this.#error('', {
      problem: `${this} ${this.#verb('is', 'are')} ${found}, expected ${expected}${hint}`,
      next,
      details: { option: `${this}`, found, expected },
    })
  }

  /** The error for a member that nothing reads. */
  unknown(key: string, known: readonly string[]): FederateError {
    const meant = nearest(key, known)
    return this.#error('_UNKNOWN', {
      problem: `${this} ${this.#verb('has', 'have')} the unknown member ${describeKey(key)}; it would have no effect.`,
      next: meant === undefined ? `Take it out; known here: ${known.join(', ')}.` : `Did you mean "${meant}"?`,
      details: { option: `${this}`, key },
    })
  }

  #verb(one: string, many: string): string {
    return this.#path === '' && this.#owner.themselves.startsWith('The options') ? many : one
  }

  #error(suffix: string, { problem, next, details }: Described): FederateError {
    return new FederateError({
      code: `${this.#owner.code}${suffix}`,
      outcome: 'usage',
      problem,
      next: next ?? this.#owner.next,
      details,
    })
  }
}

interface Described {
  readonly problem: string
  readonly next: string | undefined
  readonly details: Readonly<Record<string, unknown>>
}

/**
 * The options of a function of federate's, in code. What is found in them is told by its kind only, because it may be a
 * secret in the wrong place.
 */
export function optionsOf(name: string): OptionPlace {
  return new OptionPlace({
    code: 'OPTION',
    themselves: `The options of ${name}`,
    prefix: `${name}, `,
    next: `Correct it where ${name} is called.`,
    hidden: true,
  })
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function foundKind(value: unknown): string {
  if (value === undefined) return 'missing'
  if (value === '') return 'an empty text'
  if (typeof value === 'number') return describeFound(value)
  return isObject(value) ? 'an object' : describeKind(value)
}
