import { notEnough, Refusal, type RefusalOptions } from './refusal.ts'
import { listed, shown } from './rules/values.ts'
import type { VerifiedToken } from './tokens/verified-token.ts'

/**
 * Something that a verified token must have to be let in. A requirement that looks at a claim also tells the type of it,
 * and handlers behind it see that type.
 */
export interface Requirement<Claims extends object = object> {
  /** What it looks at: `scope`, `role`, `client`, `claim tenant_id`. */
  readonly name: string
  holds(token: VerifiedToken): token is VerifiedToken<Claims>
  /** Why it does not hold, for the log. */
  refusal(token: VerifiedToken): Refusal
}

/** What the tokens have that meet all of some requirements. */
export type ClaimsOf<Requirements extends readonly Requirement[]> = Requirements extends readonly [
  Requirement<infer First>,
  ...infer Others extends readonly Requirement[],
]
  ? First & ClaimsOf<Others>
  : object

/** A value that a claim can be compared with. */
export type ClaimValue = string | number | boolean | null

/** All of these scopes must be in the token's `scope`. */
export function requireScope(...scopes: readonly string[]): Requirement {
  return {
    name: 'scope',
    holds: (token): token is VerifiedToken => scopes.every((scope) => token.scopes.includes(scope)),
    refusal: (token) =>
      refused({
        code: 'SCOPE_MISSING',
        problem: `The token lacks a scope. Expected: ${listed(scopes)}; actual: ${listed(token.scopes)}.`,
        next: 'Attach the scope to the client, and ask for it.',
        answer: notEnough(scopes.join(' ')),
      }),
  }
}

export interface RoleOptions {
  /** The client whose role it is, such as `api://orders`. Default: it is a role of the realm. */
  readonly client?: string
}

/**
 * The client must have this role: at Keycloak in `resource_access.<client>.roles` or `realm_access.roles`; in tokens of
 * RFC 9068 in `roles` (section 2.2.3.1).
 */
export function requireRole(role: string, options: RoleOptions = {}): Requirement {
  const place = options.client === undefined ? 'the realm' : `the client ${options.client}`
  return {
    name: 'role',
    holds: (token): token is VerifiedToken => rolesOf(token, options).includes(role),
    refusal: (token) =>
      refused({
        code: 'ROLE_MISSING',
        problem: `The token lacks a role of ${place}. Expected: ${role}; actual: ${listed(rolesOf(token, options))}.`,
        next: 'Give the role to the service account; in Keycloak a scope of the client must let it into the token, too.',
        answer: notEnough(),
      }),
  }
}

/** The token must have been issued to one of these clients. */
export function requireClient(...clients: readonly string[]): Requirement {
  return {
    name: 'client',
    holds: (token): token is VerifiedToken => token.clientId !== undefined && clients.includes(token.clientId),
    refusal: (token) =>
      refused({
        code: 'CLIENT_NOT_LISTED',
        problem: `The token’s client is not on the list. Expected: ${listed(clients)}; actual: ${shown(token.clientId)}.`,
        next: 'Add the client to the list if it is to be let in.',
        answer: notEnough(),
      }),
  }
}

/** The claim must have this value. */
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
export function requireClaim(name: string, wanted: ClaimValue | ((value: unknown) => boolean)): Requirement {
  const found = (token: VerifiedToken) => (Object.hasOwn(token.claims, name) ? token.claims[name] : undefined)
  return {
    name: `claim ${name}`,
    holds: (token): token is VerifiedToken =>
      typeof wanted === 'function' ? wanted(found(token)) : found(token) === wanted,
    refusal: (token) => {
      const expected = typeof wanted === 'function' ? 'what its predicate accepts' : String(wanted)
      return refused({
        code: 'CLAIM_REFUSED',
        problem: `The claim ${name} is not as it must be. Expected: ${expected}; actual: ${shown(found(token))}.`,
        next: 'Check the claim of this client at the issuer.',
        answer: notEnough(),
      })
    },
  }
}

/** Whether a claim is a text that is not empty: for `requireClaim('tenant_id', isText)`. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/**
 * Makes sure that a verified token meets all requirements; the result knows the types of the claims.
 *
 * @throws Refusal `SCOPE_MISSING`, `ROLE_MISSING`, `CLAIM_REFUSED`, `CLIENT_NOT_LISTED` (403): that of the first one.
 */
export function authorise<const Requirements extends readonly Requirement[]>(
  token: VerifiedToken,
  ...requirements: Requirements
): VerifiedToken<ClaimsOf<Requirements>> {
  if (meetsAll(token, requirements)) return token
  const unmet = requirements.find((requirement) => !requirement.holds(token))
  throw unmet?.refusal(token) ?? new TypeError('a requirement did not hold, and held when it was asked again')
}

function meetsAll<Requirements extends readonly Requirement[]>(
  token: VerifiedToken,
  requirements: Requirements,
): token is VerifiedToken<ClaimsOf<Requirements>> {
  return requirements.every((requirement) => requirement.holds(token))
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

function refused(options: RefusalOptions): Refusal {
  return new Refusal(options)
}
