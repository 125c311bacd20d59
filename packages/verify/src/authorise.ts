import { describeFound, FederateError } from '@federate/core'
import { Refusal } from './refusal.ts'
import type { ClaimsOf, Requirement } from './requirement.ts'
import { requirementInvalid } from './requirement-arguments.ts'
import type { VerifiedToken } from './tokens/verified-token.ts'

/**
 * Makes sure that a verified token meets all requirements; the result knows the types of the claims.
 *
 * @throws Refusal `SCOPE_MISSING`, `ROLE_MISSING`, `CLAIM_REFUSED`, `CLAIM_UNDECIDED`, `CLIENT_NOT_LISTED` (403): that of
 *   the first one.
 * @throws FederateError (usage) `TOKEN_NOT_VERIFIED` for what no verifier gave, `REQUIREMENT_INVALID`.
 */
export function authorise<const Requirements extends readonly Requirement[]>(
  token: VerifiedToken,
  ...requirements: Requirements
): VerifiedToken<ClaimsOf<Requirements>> {
  if (typeof token !== 'object' || typeof token?.claims !== 'object') throw notVerified()
  checkRequirements(requirements)
  return authorised(token, requirements)
}

/** As `authorise`, for requirements that were checked once and for all. */
export function authorised<const Requirements extends readonly Requirement[]>(
  token: VerifiedToken,
  requirements: Requirements,
): VerifiedToken<ClaimsOf<Requirements>> {
  if (meetsAll(token, requirements)) return token
  for (const requirement of requirements) if (!isMet(requirement, token)) throw refusalOf(requirement, token)
  throw new TypeError('a requirement did not hold, and held when it was asked again')
}

function meetsAll<Requirements extends readonly Requirement[]>(
  token: VerifiedToken,
  requirements: Requirements,
): token is VerifiedToken<ClaimsOf<Requirements>> {
  return requirements.every((requirement) => isMet(requirement, token))
}

/** Whether a requirement says yes: a promise of people's own requirements is no answer, and does not let in. */
export function isMet(requirement: Requirement, token: VerifiedToken): boolean {
  const answer: unknown = requirement.holds(token)
  return answer === true
}

/** Why a requirement says no. @throws FederateError (usage) `REQUIREMENT_INVALID` for one that does not say. */
export function refusalOf(requirement: Requirement, token: VerifiedToken): Refusal {
  const refusal: unknown = requirement.refusal(token)
  if (refusal instanceof Refusal) return refusal
  throw requirementInvalid(
    `The requirement ${requirement.name} does not hold, and its refusal() gave no Refusal.`,
    'Return `new Refusal({ code, problem, next, answer })` of @federate/verify.',
  )
}

/** @throws FederateError (usage) `REQUIREMENT_INVALID` for what could not refuse anybody. */
export function checkRequirements(requirements: readonly unknown[]): void {
  requirements.forEach((requirement, index) => {
    if (isRequirement(requirement)) return
    throw requirementInvalid(
      `Requirement ${index + 1} is ${describeFound(requirement)}, expected what requireScope(…), requireRole(…), requireClient(…) or requireClaim(…) returns.`,
      nextOf(requirement),
    )
  })
}

function isRequirement(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const isFunction = (name: string) => typeof Reflect.get(value, name) === 'function'
  return isFunction('holds') && isFunction('refusal') && typeof Reflect.get(value, 'name') === 'string'
}

function nextOf(given: unknown): string {
  if (Array.isArray(given)) return 'Give requirements one by one, or spread the list.'
  if (typeof given === 'function') return 'Call it: `requireScope("read")`, not `requireScope`.'
  return 'Give the options first and then the requirements, as in `requireToken(options, requireScope("read"))`.'
}

function notVerified(): FederateError {
  return new FederateError({
    code: 'TOKEN_NOT_VERIFIED',
    outcome: 'usage',
    problem: 'authorise() was given something else than a verified token.',
    next: 'Wait for the verifier: `authorise(await verifier.verify(text), requireScope("read"))`.',
  })
}
