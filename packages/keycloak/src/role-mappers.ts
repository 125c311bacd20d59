import { claimPath, escapeClaimName } from './claim-path.ts'
import type { MappedSubject } from './mappers.ts'
import type { ProtocolMapper } from './protocol-mapper.ts'
import { ofRealm } from './token-roles.ts'
import { unknownMapper } from './unknown-mapper.ts'

interface RoleClaim {
  readonly path: readonly string[]
  readonly roles: readonly string[]
}

/** The claims of a mapper for roles: one for the realm or the client that it names, else one for each client. */
export function roleClaims(mapper: ProtocolMapper, { roles = new Map() }: MappedSubject): RoleClaim[] {
  if (mapper.config['multivalued'] !== 'true')
    throw unknownMapper(mapper, 'it puts one role where there may be several')
  const { owners, prefix } = sourceOf(mapper, [...roles.keys()])
  return owners.flatMap((owner) => {
    const names = (roles.get(owner) ?? []).map((role) => `${prefix}${role}`)
    const name = mapper.config['claim.name']?.replace(/\$\{client_id\}/g, () => escapeClaimName(owner))
    if (name === undefined || name === '') throw unknownMapper(mapper, 'it names no claim')
    return names.length === 0 ? [] : [{ path: claimPath(name), roles: names }]
  })
}

function sourceOf({ protocolMapper, config }: ProtocolMapper, known: readonly string[]) {
  if (protocolMapper === 'oidc-usermodel-realm-role-mapper') {
    return { owners: [ofRealm], prefix: config['usermodel.realmRoleMapping.rolePrefix'] ?? '' }
  }
  const named = config['usermodel.clientRoleMapping.clientId'] ?? ''
  const owners = named === '' ? known.filter((owner) => owner !== ofRealm) : [named]
  return { owners, prefix: config['usermodel.clientRoleMapping.rolePrefix'] ?? '' }
}
