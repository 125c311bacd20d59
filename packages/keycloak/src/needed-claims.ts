import type { ApiWish, ServiceWish } from '@federate/core'
import { predictedClaims } from './predicted-claims.ts'

/** The claims that a service's token must hold for one of its targets in a cloud: those by which its trust is made. */
export function neededClaims(service: ServiceWish, audience: string | undefined): Readonly<Record<string, unknown>> {
  const identity = predictedClaims(service, audience)
  return { iss: service.issuer.url, ...identity, sub: service.subject, ...service.claims }
}

/** The claims that a service's token must hold for one of your own APIs. */
export function neededForApi(service: ServiceWish, api: ApiWish): Readonly<Record<string, unknown>> {
  const ofApi = service.roles?.[api.name] ?? []
  const clients = [...Object.entries(service.clientRoles ?? {}), [api.audience, ofApi] as const]
  const access = clients.flatMap(([client, roles]) =>
    roles.length === 0 ? [] : [[client, { roles: [...roles].sort() }]],
  )
  return {
    iss: service.issuer.url,
    aud: api.audience,
    azp: service.clientId,
    ...(access.length === 0 ? {} : { resource_access: Object.fromEntries(access) }),
    ...service.claims,
  }
}
