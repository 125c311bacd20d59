import { type Change, canonicalJson } from '@federate/core/plan'
import { clientFlags, type RealmClient } from '../admin/representations.ts'
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
  /** Roles of the service account, by the client that has them. */
  readonly roles: ReadonlyMap<string, readonly string[]>
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
  /** The secret has not reached the service, or another one is wanted. */
  readonly secret: boolean
}

/** Scopes that Keycloak attaches by itself, so that finding them on a client says nothing of anybody's will. */
const builtIn = new Set(
  'acr address basic email microprofile-jwt offline_access organization phone profile role_list roles service_account web-origins'.split(
    ' ',
  ),
)

export function clientChanges(desired: DesiredClient, actual: ActualClient, rotate: boolean): ClientChanges {
  const missing = (wished: readonly string[], there: readonly string[]) =>
    wished.filter((name) => !there.includes(name))
  const surplus = (there: readonly string[], wished: readonly string[]) =>
    there.filter((name) => !wished.includes(name) && (builtIn.has(name) || isManaged(name, desired)))
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
    roles: roleChanges(desired, actual),
    secret: desired.authenticator !== 'client-jwt' && (rotate || actual.attributes[secretMark] === undefined),
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
  const lists = (there: readonly string[], add: readonly string[], remove: readonly string[]) =>
    [...there.filter((name) => !remove.includes(name)), ...add].sort()
  const before = (name: string) => clientFlags.find((flag) => flag === name)
  return [
    ...Object.entries(changes.settings).flatMap(([name, after]) => {
      const flag = before(name)
      return change(name, flag === undefined ? actual.authenticator : actual.flags[flag], after)
    }),
    ...attributeChanges(changes.attributes, actual.attributes),
    ...(changes.keys ? keyChange(desired, actual) : []),
    ...describeMapperChanges(changes.mappers, actual.mappers),
    ...change('default scopes', actual.defaultScopes, lists(actual.defaultScopes, attach.default, detach.default)),
    ...change('optional scopes', actual.optionalScopes, lists(actual.optionalScopes, attach.optional, detach.optional)),
    ...changes.roles.flatMap(({ clientId, add, remove }) => {
      const there = actual.roles.get(clientId) ?? []
      return change(`service account roles of ${clientId}`, there, lists(there, add, remove))
    }),
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
  }
}

/** Scopes on our client that neither we nor Keycloak put there. */
export function foreignScopes(desired: DesiredClient, actual: ActualClient): string[] {
  const known = new Set([...desired.defaultScopes, ...desired.optionalScopes, ...desired.markedScopes, ...builtIn])
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
function keysDiffer({ authenticator, keys }: DesiredClient, { attributes }: ActualClient): boolean {
  if (authenticator !== 'client-jwt') return false
  const there = attributes['use.jwks.string'] === 'true' ? attributes['jwks.string'] : undefined
  if (keys === undefined) return there === undefined && attributes['use.jwks.url'] !== 'true'
  return canonicalText(there) !== canonicalText(keys)
}

function canonicalText(json: string | undefined): string {
  try {
    return canonicalJson(JSON.parse(json ?? 'null'))
  } catch {
    return json ?? ''
  }
}

/** Adds what lacks, and takes away what we gave and nobody wants; what others gave stays. */
function roleChanges(desired: DesiredClient, actual: ActualClient): RoleChange[] {
  const given = givenRoles(actual.attributes)
  const clients = new Set([...desired.roles.keys(), ...given.keys()])
  return [...clients].flatMap((clientId) => {
    const there = actual.roles.get(clientId) ?? []
    const wished = desired.roles.get(clientId) ?? []
    const add = wished.filter((name) => !there.includes(name))
    const remove = (given.get(clientId) ?? []).filter((name) => there.includes(name) && !wished.includes(name))
    return add.length + remove.length === 0 ? [] : [{ clientId, add, remove }]
  })
}
