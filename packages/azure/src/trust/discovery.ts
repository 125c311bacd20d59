import type { Resource } from '@federate/core/plan'
import type { FederatedCredential } from '../rules/index.ts'
import { ApplicationResource } from './application.ts'
import { applicationParent, type CredentialParent, identityParent } from './credential-parent.ts'
import { FederatedCredentialResource } from './federated-credential.ts'
import { FoundAssignment } from './found-assignment.ts'
import { IdentityResource } from './managed-identity.ts'
import { ownerIn, ownerInDescription, ownerOfCredential } from './marks.ts'
import type { ActualIdentity } from './objects.ts'
import { identityPath } from './resource-manager.ts'
import { RoleAssignmentResource } from './role-assignment.ts'
import { ServicePrincipalResource } from './service-principal.ts'
import type { Tenant } from './tenant.ts'

/** Finds what the owner made in a tenant, also what federate.yaml has forgotten. */
export async function discover(
  tenant: Tenant,
  wanted: readonly Resource[],
  signal: AbortSignal,
): Promise<readonly Resource[]> {
  const parts = [applicationsIn(tenant, signal), identitiesIn(tenant, signal), assignmentsIn(tenant, wanted, signal)]
  const found = (await Promise.all(parts)).flat()
  const addresses = new Set(found.map(({ address }) => address))
  return found.map(
    (resource) =>
      wanted.find((one) => one.address === resource.address) ??
      wanted.find((one) => !addresses.has(one.address) && isRenamed(resource, one)) ??
      resource,
  )
}

async function applicationsIn(tenant: Tenant, signal: AbortSignal): Promise<Resource[]> {
  const applications = await tenant.directory.applications(signal)
  const principals = await tenant.directory.servicePrincipals(signal)
  return [...applications.values()].flatMap((application) => {
    const parent = applicationParent(tenant, application.name)
    const principal = principals.get(application.clientId)
    const ours = ownerIn(application.tags) === tenant.owner
    return [
      ...(ours ? [new ApplicationResource(tenant, application.name, [])] : []),
      ...(ownerIn(principal?.tags ?? []) === tenant.owner
        ? [new ServicePrincipalResource(tenant, application.name, [])]
        : []),
      ...credentials(tenant, parent, application.federatedCredentials),
    ]
  })
}

async function identitiesIn(tenant: Tenant, signal: AbortSignal): Promise<Resource[]> {
  const identities = await tenant.resourceManager.identities(signal)
  return [...identities].flatMap(([path, identity]) => {
    const place = placeOf(path, identity)
    const ours = ownerIn(identity.tags) === tenant.owner
    const parent = identityParent(tenant, identityPath(place))
    return [
      ...(ours ? [new IdentityResource(tenant, place, [])] : []),
      ...credentials(tenant, parent, identity.federatedCredentials),
    ]
  })
}

function credentials(tenant: Tenant, parent: CredentialParent, all: readonly FederatedCredential[]): Resource[] {
  return all
    .filter(({ name }) => ownerOfCredential(name) === tenant.owner)
    .map((one) => new FederatedCredentialResource(tenant, parent, one))
}

/** A target that has another name by now is recognised by the same credential: names in Entra cannot be changed. */
function isRenamed(found: Resource, wanted: Resource): boolean {
  if (!(found instanceof FederatedCredentialResource && wanted instanceof FederatedCredentialResource)) return false
  return wanted.covers(found)
}

/** An assignment says nothing of names; the wanted ones are known by what they give. */
async function assignmentsIn(tenant: Tenant, wanted: readonly Resource[], signal: AbortSignal): Promise<Resource[]> {
  const all = await tenant.resourceManager.assignments(signal)
  const ours = [...all.values()].filter(({ description }) => ownerInDescription(description) === tenant.owner)
  const known = new Map<string, Resource>()
  for (const resource of wanted) {
    if (!(resource instanceof RoleAssignmentResource)) continue
    const actual = await resource.read(signal)
    if (actual !== undefined) known.set(actual.id, resource)
  }
  return ours.map((assignment) => known.get(assignment.id) ?? new FoundAssignment(tenant, assignment))
}

function placeOf(path: string, { name, location }: ActualIdentity) {
  const [, , subscription = '', , resourceGroup = ''] = path.split('/')
  return { subscription, resourceGroup, name, location }
}
