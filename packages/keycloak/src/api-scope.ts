import { audienceMapper, type ClientScope, clientRolesMapper } from './protocol-mapper.ts'

/** The mapper that puts the roles of the API into tokens. */
export const rolesMapperName = 'federate-roles'

/**
 * The scope for one of your own APIs: named like its audience, so that asking for either is the same. Of an API with roles
 * it brings those that the service account has.
 */
export function apiScope(audience: string, roles: readonly string[] = []): ClientScope {
  return {
    name: audience,
    description: `Tokens for ${audience}`,
    mappers: [
      audienceMapper('federate-audience', audience),
      ...(roles.length === 0 ? [] : [clientRolesMapper(rolesMapperName, audience)]),
    ],
  }
}
