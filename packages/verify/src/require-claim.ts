import { types } from 'node:util'
import { describeFound } from '@federate/core'
import { notEnough, Refusal } from './refusal.ts'
import type { Requirement } from './requirement.ts'
import { requirementInvalid, textGiven, wrongArgument } from './requirement-arguments.ts'
import { shown } from './rules/values.ts'
import type { VerifiedToken } from './tokens/verified-token.ts'

/** A value that a claim can be compared with. */
export type ClaimValue = string | number | boolean | null

/**
 * The claim must have this value.
 *
 * @throws FederateError (usage) `REQUIREMENT_INVALID` where there is nothing to compare with: no value, a list, an object,
 *   or a predicate that answers later.
 */
export function requireClaim<Name extends string, const Value extends ClaimValue>(
  name: Name,
  value: Value,
): Requirement<{ readonly [key in Name]: Value }>
/** The claim must be of the type that the predicate tells; handlers then see it as that. */
export function requireClaim<Name extends string, Type>(
  name: Name,
  predicate: (value: unknown) => value is Type,
): Requirement<{ readonly [key in Name]: Type }>
/** The claim must satisfy the predicate. What is not in the token is `undefined`. */
export function requireClaim<Name extends string>(
  name: Name,
  predicate: (value: unknown) => boolean,
): Requirement<{ readonly [key in Name]: unknown }>
export function requireClaim(name: string, wanted: ClaimValue | Predicate): Requirement {
  textGiven('requireClaim(name, value)', name)
  const call = `requireClaim(${JSON.stringify(name)}, value)`
  if (typeof wanted === 'function') return claimWith(name, predicateGiven(call, wanted))
  if (!isComparable(wanted)) throw wrongArgument(call, wanted, 'a text, a number, true, false, null or a predicate')
  return {
    name: `claim ${name}`,
    holds: (token): token is VerifiedToken => claimOf(token, name) === wanted,
    refusal: (token) => claimRefused(name, String(wanted), claimOf(token, name)),
  }
}

type Predicate = (value: unknown) => boolean

/** What is not in the token is `undefined`, and what `undefined` is compared with would be equal to that. */
function isComparable(wanted: unknown): boolean {
  if (typeof wanted === 'number') return Number.isFinite(wanted)
  return wanted === null || typeof wanted === 'string' || typeof wanted === 'boolean'
}

function predicateGiven(call: string, predicate: Predicate): Predicate {
  if (!types.isAsyncFunction(predicate)) return predicate
  throw requirementInvalid(
    `${call} was given an async function, whose answer is a promise and neither true nor false.`,
    'Write the predicate without async; what has to be looked up is for the handler.',
  )
}

function claimWith(name: string, predicate: Predicate): Requirement {
  return {
    name: `claim ${name}`,
    holds: (token): token is VerifiedToken => answerOf(predicate, claimOf(token, name)) === true,
    refusal: (token) => {
      const value = claimOf(token, name)
      const answer = answerOf(predicate, value)
      if (typeof answer !== 'boolean') return undecided(name, answer)
      return claimRefused(name, 'what its predicate accepts', value)
    },
  }
}

/** What it says, whatever it is: in JavaScript a predicate may be no predicate. */
function answerOf(predicate: Predicate, value: unknown): unknown {
  const answer: unknown = predicate(value)
  // Nobody waits for it, so its failure would end the process.
  if (types.isPromise(answer)) answer.catch(() => undefined)
  return answer
}

function claimOf({ claims }: VerifiedToken, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined
}

function claimRefused(name: string, expected: string, value: unknown): Refusal {
  return new Refusal({
    code: 'CLAIM_REFUSED',
    problem: `The claim ${name} is not as it must be. Expected: ${expected}; actual: ${shown(value)}.`,
    next: 'Check the claim of this client at the issuer.',
    answer: notEnough(),
  })
}

function undecided(name: string, answer: unknown): Refusal {
  const found = types.isPromise(answer) ? 'a promise' : describeFound(answer, { hidden: typeof answer === 'string' })
  return new Refusal({
    code: 'CLAIM_UNDECIDED',
    problem: `The predicate of the claim ${name} answered with ${found}, where true or false was expected.`,
    next: 'Let it return true or false, at once; until then it lets nobody in.',
    answer: notEnough(),
  })
}

/** Whether a claim is a text that is not empty: for `requireClaim('tenant_id', isText)`. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
