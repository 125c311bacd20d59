import type { AzureWish } from '../target.ts'
import { identityPath } from './resource-manager.ts'

/** Addresses name objects for ever; they are made of names, because ids are known only after setup. */
export function applicationAddress(tenant: string, name: string): string {
  return `azure:${tenant}/application/${name}`
}

export function servicePrincipalAddress(tenant: string, name: string): string {
  return `azure:${tenant}/service-principal/${name}`
}

export function identityAddress(path: string): string {
  return `azure:${path.toLowerCase()}`
}

export function credentialAddress(parent: string, name: string): string {
  return `${parent}/federated-credential/${name}`
}

export function assignmentAddress(parent: string, role: string, scope: string): string {
  return `${parent}/role/${role}@${scope}`
}

/** Whom a target's service becomes. */
export function parentAddress({ tenant, application, managedIdentity }: AzureWish): string {
  if (managedIdentity !== undefined) return identityAddress(identityPath(managedIdentity))
  return applicationAddress(tenant, application ?? '')
}

/** What must exist before roles can be given to it. */
export function principalAddress(wish: AzureWish): string {
  const { tenant, application, managedIdentity } = wish
  return managedIdentity === undefined ? servicePrincipalAddress(tenant, application ?? '') : parentAddress(wish)
}

/** Whom a target's service becomes, for people. */
export function nameOfParent({ application, managedIdentity }: AzureWish): string {
  return managedIdentity === undefined ? `application ${application}` : `managed identity ${managedIdentity.name}`
}
