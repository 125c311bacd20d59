export { apiScope } from './api-scope.ts'
export { type CloudScope, cloudScopes, scopeForAudience, targetScopes } from './cloud-scopes.ts'
export { type KeycloakOptions, keycloak } from './keycloak.ts'
export { type MappedSubject, mappedClaims } from './mappers.ts'
export { predictedClaims } from './predicted-claims.ts'
export {
  audienceMapper,
  type ClientScope,
  hardcodedClaimMapper,
  type ProtocolMapper,
  userPropertyMapper,
} from './protocol-mapper.ts'
export { serviceAccountSubject } from './service-account.ts'
export { roleMappers, serviceRoles } from './service-roles.ts'
export { lifetimeOf } from './token-lifetime.ts'
export type { Roles } from './token-roles.ts'
