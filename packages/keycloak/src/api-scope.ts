import { audienceMapper, type ClientScope, clientRolesMapper } from './protocol-mapper.ts'

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
      ...(roles.length === 0 ? [] : [clientRolesMapper('federate-roles', audience)]),
    ],
  }
}
