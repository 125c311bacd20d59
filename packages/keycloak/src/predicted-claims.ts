import type { ServiceWish } from '@federate/core'
import { apiScope } from './api-scope.ts'
import { cloudScopes, targetScopes } from './cloud-scopes.ts'
import { mappedClaims } from './mappers.ts'
import { serviceAccountSubject } from './service-account.ts'

/**
 * The identity claims of the token that a service will get for an audience: `sub`, `azp`, `aud`.
 *
 * They are known before the client exists, except the `sub` of tokens for own APIs: that is a UUID which Keycloak
 * chooses.
 */
export function predictedClaims(service: ServiceWish, audience: string | undefined): Record<string, unknown> {
  const subject = {
    clientId: service.clientId,
    serviceAccountUserName: serviceAccountSubject(service.clientId),
    serviceAccountId: '(a UUID chosen by Keycloak)',
  }
  const plain = { sub: subject.serviceAccountId, azp: service.clientId }
  if (audience === undefined) return plain
  const known = [...targetScopes(service), ...cloudScopes]
  const scope = known.find((one) => one.audience === audience) ?? apiScope(audience)
  return { ...plain, ...mappedClaims(scope.mappers, subject) }
}
