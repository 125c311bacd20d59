import type { FederateFile, ServiceWish } from '@federate/core'
import { apiScope, cloudScopes, lifetimeOf, roleMappers, serviceRoles, targetScopes } from '@federate/keycloak'
import { basicScope, type ClientDefinition, type RealmDefinition } from './issuer/realm.ts'
import { issuerPlace } from './issuer-place.ts'
import type { ClientCredential, ServiceCredentials } from './service-credentials.ts'

/**
 * The realms that federate.yaml needs: one per issuer, with every service as a client that has its roles, the scopes of
 * the clouds that its targets use, and the scopes of all APIs.
 *
 * @throws FederateError `SANDBOX_ISSUER_URL` for an issuer that is not a realm on loopback.
 */
export function realmsFrom(
  file: FederateFile,
  { clients: known, workloads }: Pick<ServiceCredentials, 'clients' | 'workloads'>,
): ReadonlyMap<string, RealmDefinition> {
  const wanted = [
    ...cloudScopes,
    ...file.services.flatMap(targetScopes),
    ...file.apis.map((api) => apiScope(api.audience, api.roles)),
  ]
  const scopes = [...new Map(wanted.map((scope) => [scope.name, scope])).values()]
  const realms = Object.entries(file.issuers).map(([name, issuer]): [string, RealmDefinition] => {
    const services = file.services.filter((service) => service.issuerName === name)
    const clients = services.map((service) => clientOf(service, file, known.get(service.name) ?? {}))
    const trusted = workloads === undefined ? {} : { trustedIssuers: [workloads.trusted] }
    return [issuer.url, { name: issuerPlace(issuer.url).realm, clients, scopes, ...trusted }]
  })
  return new Map(realms)
}

function clientOf(service: ServiceWish, file: FederateFile, credential: ClientCredential): ClientDefinition {
  const clouds = targetScopes(service).map((scope) => scope.name)
  return {
    clientId: service.clientId,
    ...credential,
    defaultScopes: [basicScope],
    optionalScopes: [...clouds, ...file.apis.map((api) => api.audience)],
    claims: service.claims,
    mappers: roleMappers(service),
    roles: serviceRoles(service, file.apis),
    userName: service.subject,
    accessTokenLifespan: lifetimeOf(service),
  }
}
