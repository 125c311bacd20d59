import type { FederateError } from '@federate/core'
import { notEnough, Refusal } from './refusal.ts'
import type { Requirement } from './requirement.ts'
import { optionsGiven, requirementInvalid, textGiven, textsGiven, wrongArgument } from './requirement-arguments.ts'
import { listed, shown } from './rules/values.ts'
import type { VerifiedToken } from './tokens/verified-token.ts'

export { isText, requireClaim } from './require-claim.ts'

/**
 * All of these scopes must be in the token's `scope`.
 *
 * @throws FederateError (usage) `REQUIREMENT_INVALID` without one, and for what is no scope.
 */
export function requireScope(...scopes: readonly string[]): Requirement {
  for (const scope of textsGiven('requireScope(…)', scopes)) if (!scopeToken.test(scope)) throw noScope(scope)
  return {
    name: 'scope',
    holds: (token): token is VerifiedToken => scopes.every((scope) => token.scopes.includes(scope)),
    refusal: (token) =>
      new Refusal({
        code: 'SCOPE_MISSING',
        problem: `The token lacks a scope. Expected: ${listed(scopes)}; actual: ${listed(token.scopes)}.`,
        next: 'Attach the scope to the client, and ask for it.',
        answer: notEnough(scopes.join(' ')),
      }),
  }
}

/** RFC 6749 section 3.3. A space stands between two of them. */
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/

function noScope(scope: string): FederateError {
  const next = scope.includes(' ') ? 'Give several one by one: `requireScope("read", "write")`.' : 'Correct it.'
  return wrongArgument('requireScope(…)', scope, 'scopes without spaces, quotes and letters that are not ASCII', next)
}

export interface RoleOptions {
  /** The client whose role it is, such as `api://orders`. Default: it is a role of the realm. */
  readonly client?: string
}

/**
 * The client must have this role: at Keycloak in `resource_access.<client>.roles` or `realm_access.roles`; in tokens of
 * RFC 9068 in `roles` (section 2.2.3.1).
 *
 * @throws FederateError (usage) `REQUIREMENT_INVALID` for whatever is not one role and its options.
 */
export function requireRole(role: string, options?: RoleOptions): Requirement
export function requireRole(role: string, given: RoleOptions = {}, ...more: readonly unknown[]): Requirement {
  textGiven('requireRole(role)', role)
  const { client } = optionsGiven('requireRole(role, options)', given, ['client'])
  if (client !== undefined) textGiven('requireRole(role, { client })', client)
  if (more.length > 0) throw oneRole()
  const options = client === undefined ? {} : { client }
  const place = client === undefined ? 'the realm' : `the client ${client}`
  return {
    name: 'role',
    holds: (token): token is VerifiedToken => rolesOf(token, options).includes(role),
    refusal: (token) =>
      new Refusal({
        code: 'ROLE_MISSING',
        problem: `The token lacks a role of ${place}. Expected: ${role}; actual: ${listed(rolesOf(token, options))}.`,
        next: 'Give the role to the service account; in Keycloak a scope of the client must let it into the token, too.',
        answer: notEnough(),
      }),
  }
}

function oneRole(): FederateError {
  return requirementInvalid(
    'requireRole(role, options) was given more than two arguments, and asks for one role.',
    'Require each role by itself: `guard.and(requireRole("reader"), requireRole("writer"))`.',
  )
}

/**
 * The token must have been issued to one of these clients.
 *
 * @throws FederateError (usage) `REQUIREMENT_INVALID` without one, and for what is no text.
 */
export function requireClient(...clients: readonly string[]): Requirement {
  textsGiven('requireClient(…)', clients)
  return {
    name: 'client',
    holds: (token): token is VerifiedToken => token.clientId !== undefined && clients.includes(token.clientId),
    refusal: (token) =>
      new Refusal({
        code: 'CLIENT_NOT_LISTED',
        problem: `The token’s client is not on the list. Expected: ${listed(clients)}; actual: ${shown(token.clientId)}.`,
        next: 'Add the client to the list if it is to be let in.',
        answer: notEnough(),
      }),
  }
}

/** The roles that a token brings: of the realm, or of one client. */
function rolesOf({ claims, profile }: VerifiedToken, { client }: RoleOptions): readonly string[] {
  if (client !== undefined) return rolesIn(member(claims['resource_access'], client))
  const ofRealm = rolesIn(claims['realm_access'])
  return profile === 'rfc9068' ? [...ofRealm, ...rolesIn(claims)] : ofRealm
}

function rolesIn(value: unknown): readonly string[] {
  const roles = member(value, 'roles')
  return Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : []
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return Reflect.get(value, name)
}
