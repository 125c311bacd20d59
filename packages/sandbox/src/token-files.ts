import type { FederateFile, Now, ServiceWish } from '@federate/core'
import { targetScopes } from '@federate/keycloak'
import type { RealmControl } from './issuer/realm-control.ts'
import type { KeptFile } from './kept-files.ts'
import { assertionLifetime, type WorkloadIssuer } from './workload-issuer.ts'

/**
 * The files of services whose tokens something else writes: Kubernetes, SPIFFE, a CI system. They find tokens for their
 * clouds there.
 */
export function tokenFilesOf(
  file: FederateFile,
  realmOf: (issuer: string) => RealmControl | undefined,
): readonly KeptFile[] {
  return file.services.flatMap((service) => {
    const control = realmOf(service.issuer.url)
    const client = control?.running.definition.clients.find((one) => one.clientId === service.clientId)
    if (service.auth.method !== 'token_file' || control === undefined || client === undefined) return []
    const scopes = [...client.defaultScopes, ...targetScopes(service).map((scope) => scope.name)]
    return {
      path: service.auth.file,
      lifetime: client.accessTokenLifespan,
      label: `a token for ${service.name}`,
      make: () => control.signToken(client, scopes, subjectOf(service)),
    }
  })
}

/** Whoever writes such files has its own names for services; federate.yaml says which. */
function subjectOf(service: ServiceWish): Record<string, unknown> {
  return { sub: service.subject }
}

/** The files of services that prove themselves to the issuer by what another system signed. */
export function assertionFilesOf(
  file: FederateFile,
  workloads: WorkloadIssuer | undefined,
  now: Now,
): readonly KeptFile[] {
  if (workloads === undefined) return []
  return file.services.flatMap(({ name, auth, issuer }) => {
    if (auth.method !== 'jwt_file') return []
    const make = () => workloads.assertion(name, issuer.url, now)
    return { path: auth.file, lifetime: assertionLifetime, label: `an assertion for ${name}`, make }
  })
}
