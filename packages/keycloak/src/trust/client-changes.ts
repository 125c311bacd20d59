import { type Change, canonicalJson } from '@federate/core/plan'
import { clientFlags, type RealmClient } from '../admin/representations.ts'
import { ofRealm, type Roles } from '../token-roles.ts'
import {
  type AttributePatch,
  attributeChanges,
  attributePatch,
  change,
  describeMapperChanges,
  type MapperChanges,
  mapperChanges,
} from './changes.ts'
import type { DesiredClient } from './desired-client.ts'
import { adoptedMark, givenRoles, ownerMark, secretMark } from './marks.ts'

export interface ActualClient extends RealmClient {
  /** Roles of the service account, as far as they matter here: wished, given by us, or of one of the file's APIs. */
  readonly roles: Roles
  /** Roles that the client itself lets into its tokens. */
  readonly scopeRoles: Roles
}

export interface RoleChange {
  readonly clientId: string
  readonly add: readonly string[]
  readonly remove: readonly string[]
}

/** The parts of a client in which it differs from the wish. */
export interface ClientChanges {
  /** Flags and authenticator, as the client's PUT takes them. */
  readonly settings: Readonly<Record<string, boolean | string>>
  readonly attributes: AttributePatch
  readonly keys: boolean
  readonly mappers: MapperChanges
  readonly attach: { readonly default: readonly string[]; readonly optional: readonly string[] }
  readonly detach: { readonly default: readonly string[]; readonly optional: readonly string[] }
  readonly roles: readonly RoleChange[]
  readonly scopeRoles: readonly RoleChange[]
  /** The secret has not reached the service, or another one is wanted. */
  readonly secret: boolean
}

/** Scopes that Keycloak attaches by itself, so that finding them on a client says nothing of anybody's will. */
export const builtInScopes = new Set(
  'acr address basic email microprofile-jwt offline_access organization phone profile role_list roles service_account web-origins'.split(
    ' ',
  ),
)

export function clientChanges(desired: DesiredClient, actual: ActualClient, rotate: boolean): ClientChanges {
  const missing = (wished: readonly string[], there: readonly string[]) =>
    wished.filter((name) => !there.includes(name))
  const surplus = (there: readonly string[], wished: readonly string[]) =>
    there.filter((name) => !wished.includes(name) && (builtInScopes.has(name) || isManaged(name, desired)))
  const given = givenRoles(actual.attributes)
  const flags = clientFlags.filter((flag) => desired.flags[flag] !== actual.flags[flag])
  return {
    settings: {
      ...Object.fromEntries(flags.map((flag) => [flag, desired.flags[flag]])),
      ...(desired.authenticator === actual.authenticator ? {} : { clientAuthenticatorType: desired.authenticator }),
    },
    attributes: attributePatch(wishedAttributes(desired, actual), actual.attributes),
    keys: keysDiffer(desired, actual),
    mappers: mapperChanges(desired.mappers, actual.mappers),
    attach: {
      default: missing(desired.defaultScopes, actual.defaultScopes),
      optional: missing(desired.optionalScopes, actual.optionalScopes),
    },
    detach: {
      default: surplus(actual.defaultScopes, desired.defaultScopes),
      optional: surplus(actual.optionalScopes, desired.optionalScopes),
    },
    roles: roleChanges(desired, actual.roles, given),
    scopeRoles: roleChanges(desired, actual.scopeRoles, given),
    secret: hasSecret(desired) && (rotate || actual.attributes[secretMark] === undefined),
  }
}

/** A client that has no owner and is changed all the same was named to be adopted. */
function wishedAttributes(desired: DesiredClient, { id, attributes }: ActualClient): DesiredClient['attributes'] {
  const adopted = id !== '' && attributes[ownerMark] === undefined
  return adopted ? { ...desired.attributes, [adoptedMark]: 'true' } : desired.attributes
}

/** The changes as a plan shows them. */
export function describeClientChanges(changes: ClientChanges, desired: DesiredClient, actual: ActualClient): Change[] {
  const { attach, detach } = changes
  const before = (name: string) => clientFlags.find((flag) => flag === name)
  return [
    ...Object.entries(changes.settings).flatMap(([name, after]) => {
      const flag = before(name)
      return change(name, flag === undefined ? actual.authenticator : actual.flags[flag], after)
    }),
    ...attributeChanges(changes.attributes, actual.attributes),
    ...(changes.keys ? keyChange(desired, actual) : []),
    ...describeMapperChanges(changes.mappers, actual.mappers),
    ...change(
      'default scopes',
      actual.defaultScopes,
      changedList(actual.defaultScopes, attach.default, detach.default),
    ),
    ...change(
      'optional scopes',
      actual.optionalScopes,
      changedList(actual.optionalScopes, attach.optional, detach.optional),
    ),
    ...changes.roles.flatMap((one) => describeRoles('service account roles', one, actual.roles)),
    ...changes.scopeRoles.flatMap((one) => describeRoles('roles let into the token', one, actual.scopeRoles)),
    ...(changes.secret ? [secretChange(actual.id !== '')] : []),
  ]
}

/** A client that is not there yet: every difference from nothing is a change. */
export function noClient(desired: DesiredClient): ActualClient {
  return {
    id: '',
    clientId: desired.clientId,
    flags: desired.flags,
    authenticator: desired.authenticator,
    attributes: {},
    mappers: [],
    defaultScopes: [],
    optionalScopes: [],
    roles: new Map(),
    scopeRoles: new Map(),
  }
}

/** Scopes on our client that neither we nor Keycloak put there. */
export function foreignScopes(desired: DesiredClient, actual: RealmClient): string[] {
  const known = new Set([
    ...desired.defaultScopes,
    ...desired.optionalScopes,
    ...desired.markedScopes,
    ...builtInScopes,
  ])
  return [...actual.defaultScopes, ...actual.optionalScopes].filter((name) => !known.has(name))
}

/** Scopes that bear federate's mark, and those that are wished for the other list. */
function isManaged(name: string, { defaultScopes, optionalScopes, markedScopes }: DesiredClient): boolean {
  return markedScopes.has(name) || defaultScopes.includes(name) || optionalScopes.includes(name)
}

function secretChange(exists: boolean): Change {
  return { field: 'secret', ...(exists ? { before: { kind: 'secret' } } : {}), after: { kind: 'secret' } }
}

function keyChange({ keys }: DesiredClient, { attributes }: ActualClient): Change[] {
  const after: Change['after'] =
    keys === undefined ? { kind: 'unknown', from: 'the private key' } : { kind: 'value', value: keys }
  const before = attributes['jwks.string']
  return [
    { field: 'public keys', ...(before === undefined ? {} : { before: { kind: 'value', value: before } }), after },
  ]
}

/** Keys that are not here cannot be compared; what the client has then stays. */
function keysDiffer({ holdsKeys, keys }: DesiredClient, { attributes }: ActualClient): boolean {
  if (!holdsKeys) return false
  const there = attributes['use.jwks.string'] === 'true' ? attributes['jwks.string'] : undefined
  return keys === undefined ? there === undefined : canonicalText(there) !== canonicalText(keys)
}

function hasSecret({ authenticator }: DesiredClient): boolean {
  return authenticator === 'client-secret' || authenticator === 'client-secret-jwt'
}

function canonicalText(json: string | undefined): string {
  try {
    return canonicalJson(JSON.parse(json ?? 'null'))
  } catch {
    return json ?? ''
  }
}

/** Adds what lacks, and takes away what we gave and nobody wants; what others gave stays. */
function roleChanges({ roles, vanishingRoles }: DesiredClient, actual: Roles, given: Roles): RoleChange[] {
  const clients = new Set([...roles.keys(), ...given.keys()])
  return [...clients].flatMap((clientId) => {
    const there = actual.get(clientId) ?? []
    const wished = [...(roles.get(clientId) ?? []), ...(vanishingRoles.get(clientId) ?? [])]
    const add = (roles.get(clientId) ?? []).filter((name) => !there.includes(name))
    const remove = (given.get(clientId) ?? []).filter((name) => there.includes(name) && !wished.includes(name))
    return add.length + remove.length === 0 ? [] : [{ clientId, add, remove }]
  })
}

function describeRoles(what: string, { clientId, add, remove }: RoleChange, actual: Roles): Change[] {
  const there = actual.get(clientId) ?? []
  const owner = clientId === ofRealm ? 'the realm' : clientId
  return change(`${what} of ${owner}`, [...there], changedList(there, add, remove))
}

/** A list of names after a change. */
export function changedList(there: readonly string[], add: readonly string[], remove: readonly string[]): string[] {
  return [...there.filter((name) => !remove.includes(name)), ...add].sort()
}
