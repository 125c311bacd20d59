import type { ProtocolMapper } from '../protocol-mapper.ts'
import { ofRealm, type Roles } from '../token-roles.ts'

/** A mapper with the id that Keycloak gave it. */
export interface RealmMapper extends Omit<ProtocolMapper, 'protocol'> {
  readonly id: string
}

/** A client scope as a realm has it. */
export interface RealmScope {
  readonly id: string
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly mappers: readonly RealmMapper[]
}

export const clientFlags = [
  'enabled',
  'publicClient',
  'bearerOnly',
  'serviceAccountsEnabled',
  'standardFlowEnabled',
  'implicitFlowEnabled',
  'directAccessGrantsEnabled',
  'fullScopeAllowed',
] as const

export type ClientFlags = Readonly<Record<(typeof clientFlags)[number], boolean>>

/** A client as a realm has it. Its secret stays outside on purpose: what is never held is never shown. */
export interface RealmClient {
  readonly id: string
  readonly clientId: string
  readonly flags: ClientFlags
  readonly authenticator: string
  readonly attributes: Readonly<Record<string, string>>
  readonly mappers: readonly RealmMapper[]
  readonly defaultScopes: readonly string[]
  readonly optionalScopes: readonly string[]
}

export interface RealmRole {
  readonly id: string
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  /** Whether it brings other roles along. */
  readonly composite: boolean
}

export function readScope(value: unknown): RealmScope {
  const fields = fieldsOf(value)
  return {
    id: text(fields['id']),
    name: text(fields['name']),
    attributes: texts(fields['attributes']),
    mappers: listOf(fields['protocolMappers'], readMapper),
  }
}

export function readClient(value: unknown): RealmClient {
  const fields = fieldsOf(value)
  const flag = (name: string) => fields[name] === true
  return {
    id: text(fields['id']),
    clientId: text(fields['clientId']),
    flags: {
      enabled: flag('enabled'),
      publicClient: flag('publicClient'),
      bearerOnly: flag('bearerOnly'),
      serviceAccountsEnabled: flag('serviceAccountsEnabled'),
      standardFlowEnabled: flag('standardFlowEnabled'),
      implicitFlowEnabled: flag('implicitFlowEnabled'),
      directAccessGrantsEnabled: flag('directAccessGrantsEnabled'),
      fullScopeAllowed: flag('fullScopeAllowed'),
    },
    authenticator: text(fields['clientAuthenticatorType']),
    attributes: texts(fields['attributes']),
    mappers: listOf(fields['protocolMappers'], readMapper),
    defaultScopes: listOf(fields['defaultClientScopes'], text).sort(),
    optionalScopes: listOf(fields['optionalClientScopes'], text).sort(),
  }
}

export function readRole(value: unknown): RealmRole {
  const fields = fieldsOf(value)
  return {
    id: text(fields['id']),
    name: text(fields['name']),
    attributes: texts(fields['attributes']),
    composite: fields['composite'] === true,
  }
}

/** The names of the roles in an answer of `…/scope-mappings` or `…/role-mappings`. */
export function readRoles(value: unknown): Roles {
  const fields = fieldsOf(value)
  const names = (roles: unknown) => listOf(roles, (role) => readRole(role).name).sort()
  const ofClients = Object.entries(fieldsOf(fields['clientMappings'])).map(
    ([client, one]) => [client, names(fieldsOf(one)['mappings'])] as const,
  )
  return new Map(
    [[ofRealm, names(fields['realmMappings'])] as const, ...ofClients].filter(([, list]) => list.length > 0),
  )
}

export function listOf<T>(value: unknown, read: (item: unknown) => T): T[] {
  return Array.isArray(value) ? value.map(read) : []
}

export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function readMapper(value: unknown): RealmMapper {
  const fields = fieldsOf(value)
  return {
    id: text(fields['id']),
    name: text(fields['name']),
    protocolMapper: text(fields['protocolMapper']),
    config: texts(fields['config']),
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Attributes are texts; those of roles and users are lists of one. Empty ones are as good as absent. */
function texts(value: unknown): Record<string, string> {
  const entries = Object.entries(fieldsOf(value)).map(([key, one]) => [key, text(Array.isArray(one) ? one[0] : one)])
  return Object.fromEntries(entries.filter(([, one]) => one !== ''))
}
