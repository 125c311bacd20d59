import {
  FederateError,
  type ServiceWish,
  type Sleep,
  type TargetWish,
  type Trust,
  type TrustRequest,
} from '@federate/core'
import type { Outputs, Resource } from '@federate/core/plan'
import type { FederatedCredential } from '../rules/index.ts'
import { type AzureRuntime, type AzureWish, audienceOf } from '../target.ts'
import type { AzureAccess } from './access.ts'
import { parentAddress, principalAddress } from './addresses.ts'
import { ApplicationResource } from './application.ts'
import { warnOfPrivateIssuers, warnOfSharedRoles } from './checks.ts'
import { applicationParent, identityParent } from './credential-parent.ts'
import type { AzureTarget } from './desired-credential.ts'
import { discover } from './discovery.ts'
import { FederatedCredentialResource } from './federated-credential.ts'
import { refuseFullParent } from './full-parent.ts'
import { IdentityResource } from './managed-identity.ts'
import { openTenant } from './open-tenant.ts'
import { identityPath } from './resource-manager.ts'
import { RoleAssignmentResource } from './role-assignment.ts'
import { RoleLookup } from './role-lookup.ts'
import { ServicePrincipalResource } from './service-principal.ts'
import type { Tenant } from './tenant.ts'
import { wantedCredentials } from './wanted-credentials.ts'

/**
 * Azure's side of the trust: an application with its service principal, or a managed identity, for each name; a federated
 * credential for each service that becomes it; and the roles.
 *
 * How a tenant is reached says `access`, which is Azure's part of federate.admin.yaml; of what is not said there,
 * `DefaultAzureCredential` decides.
 *
 * @param sleep how to wait for what Azure has not heard of yet. Default: by timers.
 * @throws FederateError `AZURE_PARENT_FULL`, `AZURE_CREDENTIAL_TWIN` before anything is read. Its resources throw these two,
 * `AZURE_NO_CREDENTIALS`, `AZURE_WRONG_TENANT`, `AZURE_TRUST_VALUE`, `AZURE_ROLE_UNKNOWN`, `AZURE_ROLE_AMBIGUOUS`,
 * `AZURE_APPLICATION_AMBIGUOUS`, or a code of `fromAdminAnswer`.
 */
export async function azureTrust(
  request: TrustRequest<AzureWish, AzureAccess>,
  sleep?: Sleep,
): Promise<Trust<AzureWish, AzureRuntime>> {
  warnOfPrivateIssuers(request)
  warnOfSharedRoles(request)
  const targets = request.targets.map((target) => withService(target, request.services))
  const ids = new Set([...targets.map(({ wish }) => wish.tenant), ...Object.keys(request.access?.tenants ?? {})])
  const works = [...ids].map((id) => {
    const own = targets.filter(({ wish }) => wish.tenant === id)
    const tenant = openTenant(
      id,
      own.map(({ wish }) => wish),
      request,
      sleep,
    )
    return { tenant, resources: resourcesIn(tenant, own) }
  })
  return {
    resources: works.flatMap(({ resources }) => resources),
    discover: async (signal) =>
      (await Promise.all(works.map(({ tenant, resources }) => discover(tenant, resources, signal)))).flat(),
    resolve: (target, outputs) => runtimeOf(withService(target, request.services), outputs),
  }
}

function withService({ name, service, wish }: TargetWish<AzureWish>, services: readonly ServiceWish[]): AzureTarget {
  const found = services.find((one) => one.name === service)
  if (found === undefined) throw new TypeError(`the target ${name} is of the service ${service}, which was not given`)
  return { service: found, name, wish }
}

function resourcesIn(tenant: Tenant, targets: readonly AzureTarget[]): Resource[] {
  const roles = new RoleLookup(tenant.resourceManager)
  return [...Map.groupBy(targets, ({ wish }) => parentAddress(wish)).values()].flatMap((sharing) =>
    resourcesOfParent(tenant, sharing, roles),
  )
}

/** Everything of one application or identity, for all targets that become it. */
function resourcesOfParent(tenant: Tenant, sharing: readonly AzureTarget[], roles: RoleLookup): Resource[] {
  const [first] = sharing
  if (first === undefined) return []
  const services = unique(sharing.map(({ service }) => service.name))
  const parent = parentOf(tenant, first.wish)
  const wanted = wantedCredentials(tenant.owner, sharing)
  const refuseFull = (present: readonly FederatedCredential[]) =>
    refuseFullParent(tenant.owner, first.wish, wanted, present)
  refuseFull([])
  const credentials = wanted.map(
    ({ credential, services }) => new FederatedCredentialResource(tenant, parent, credential, { services, refuseFull }),
  )
  return [...principalResources(tenant, first.wish, services), ...credentials, ...assignments(tenant, sharing, roles)]
}

function parentOf(tenant: Tenant, { application, managedIdentity }: AzureWish) {
  if (managedIdentity !== undefined) return identityParent(tenant, identityPath(managedIdentity))
  return applicationParent(tenant, application ?? '')
}

function principalResources(tenant: Tenant, wish: AzureWish, services: readonly string[]): Resource[] {
  const { application = '', managedIdentity } = wish
  if (managedIdentity !== undefined) return [new IdentityResource(tenant, managedIdentity, services)]
  return [
    new ApplicationResource(tenant, application, services),
    new ServicePrincipalResource(tenant, application, services),
  ]
}

function assignments(tenant: Tenant, sharing: readonly AzureTarget[], roles: RoleLookup): Resource[] {
  const wishes = sharing.flatMap(({ service, wish }) =>
    wish.roles.map((role) => ({ service: service.name, wish, role })),
  )
  const groups = Map.groupBy(wishes, ({ role }) => `${role.role}\n${role.scope}`.toLowerCase())
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const { wish, role } = first
    const parent = parentOf(tenant, wish)
    const principal = {
      parent: parent.address,
      address: principalAddress(wish),
      label: parent.label,
      read: (signal: AbortSignal) =>
        wish.managedIdentity === undefined
          ? tenant.directory.servicePrincipalOf(wish.application ?? '', signal)
          : tenant.resourceManager.identity(identityPath(wish.managedIdentity), signal),
    }
    const services = unique(group.map(({ service }) => service))
    return [new RoleAssignmentResource(tenant, principal, role, { roles, services })]
  })
}

/** What the service needs at run time. The client id is Entra's choice, known only after setup. */
function runtimeOf({ service, wish }: AzureTarget, outputs: Outputs): AzureRuntime {
  const actual = outputs.get(parentAddress(wish))
  const clientId = typeof actual === 'object' && actual !== null && 'clientId' in actual ? actual.clientId : undefined
  if (typeof clientId !== 'string') throw notSetUp(wish)
  return {
    cloud: 'azure',
    tenantId: wish.tenant,
    clientId,
    environment: wish.environment,
    audience: audienceOf(wish, service.clientId),
    audienceFrom: wish.audience === 'client' ? 'client' : undefined,
    issuer: service.issuer.url,
    subject: service.subject,
    scope: wish.scope,
  }
}

function notSetUp(wish: AzureWish): FederateError {
  return new FederateError({
    code: 'AZURE_NOT_SET_UP',
    outcome: 'failed',
    problem: `${parentAddress(wish)} does not exist yet, so its client id is not known.`,
    next: 'Run `federate setup azure`.',
  })
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)]
}
