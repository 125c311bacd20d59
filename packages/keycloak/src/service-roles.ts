import type { ApiWish, ServiceWish } from '@federate/core'
import { clientRolesMapper, type ProtocolMapper, realmRolesMapper } from './protocol-mapper.ts'
import { ofRealm, type Roles } from './token-roles.ts'

/** All roles that a service's account has: of the file's APIs, of the realm and of other clients. */
export function serviceRoles(service: ServiceWish, apis: readonly ApiWish[]): Roles {
  return new Map([...apiRoles(service, apis), ...ownRoles(service)])
}

/** What puts the roles of the realm and of other clients into all tokens of a service; those of an API come by its scope. */
export function roleMappers(service: ServiceWish): ProtocolMapper[] {
  const roles = ownRoles(service)
  const clients = [...roles.keys()].filter((client) => client !== ofRealm)
  return [
    ...(roles.has(ofRealm) ? [realmRolesMapper('federate-realm-roles')] : []),
    ...clients.map((client) => clientRolesMapper(`federate-roles-${client}`, client)),
  ]
}

/** Roles of the APIs of the file, by their clients. */
function apiRoles(service: ServiceWish, apis: readonly ApiWish[]): Roles {
  const wished = Object.entries(service.roles ?? {})
  return new Map(
    wished.flatMap(([api, names]) => {
      const audience = apis.find(({ name }) => name === api)?.audience
      return audience === undefined ? [] : [[audience, [...names].sort()] as const]
    }),
  )
}

/** Roles that were there before: of the realm and of other clients. */
function ownRoles({ realmRoles = [], clientRoles = {} }: ServiceWish): Roles {
  const wished = [[ofRealm, realmRoles] as const, ...Object.entries(clientRoles)]
  return new Map(wished.filter(([, names]) => names.length > 0).map(([client, names]) => [client, [...names].sort()]))
}
