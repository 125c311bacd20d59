import { mapLimited, type Resource } from '@federate/core/plan'
import { requestsAtOnce } from '../admin/api.ts'
import { foreignMappers } from './changes.ts'
import { type ActualClient, foreignScopes } from './client-changes.ts'
import type { DesiredClient } from './desired-client.ts'
import { isOfKeycloak } from './mappers-of-keycloak.ts'
import { givenRoles, ownerMark, scopeOwners } from './marks.ts'
import { ScopeResource } from './scope.ts'
import { ServiceClientResource } from './service-client.ts'

/** Says what others put on our clients and scopes: it is left alone, and most of it is in the tokens. */
export async function warnOfForeignParts(
  resources: readonly Resource[],
  signal: AbortSignal,
  warn: (message: string) => void,
): Promise<void> {
  const reports = await mapLimited(resources, requestsAtOnce, (resource) => reportOf(resource, signal))
  for (const { what, parts } of reports.filter((one) => one.parts.length > 0)) {
    warn(`${what} has what federate did not put there, and leaves alone: ${parts.join(', ')}.`)
  }
}

async function reportOf(resource: Resource, signal: AbortSignal): Promise<{ what: string; parts: readonly string[] }> {
  if (resource instanceof ScopeResource) {
    return { what: `The client scope ${resource.desired().scope.name}`, parts: await foreignToScope(resource, signal) }
  }
  if (!(resource instanceof ServiceClientResource)) return { what: resource.label, parts: [] }
  const desired = resource.desired()
  const client = await resource.read(signal)
  return {
    what: `The client ${desired.clientId}`,
    parts: client === undefined ? [] : foreignToClient(desired, client),
  }
}

async function foreignToScope(resource: ScopeResource, signal: AbortSignal): Promise<string[]> {
  const there = await resource.read(signal)
  if (there === undefined || scopeOwners(there.attributes).size === 0) return []
  return foreignMappers(resource.desired().scope.mappers, there.mappers).map((name) => `mapper ${name}`)
}

function foreignToClient(desired: DesiredClient, client: ActualClient): string[] {
  if (client.attributes[ownerMark] === undefined) return []
  return [
    ...foreignScopes(desired, client).map((name) => `client scope ${name}`),
    ...foreignMappers(
      desired.mappers,
      client.mappers.filter((mapper) => !isOfKeycloak(mapper)),
    ).map((name) => `mapper ${name}`),
    ...foreignRoles(desired, client),
  ]
}

/** Roles of the file's APIs that the service account has, and neither the file nor we gave it. */
function foreignRoles({ roles }: DesiredClient, client: ActualClient): string[] {
  const given = givenRoles(client.attributes)
  return [...client.roles].flatMap(([owner, names]) =>
    names
      .filter((name) => !roles.get(owner)?.includes(name) && !given.get(owner)?.includes(name))
      .map((name) => `role ${name} of ${owner}`),
  )
}
