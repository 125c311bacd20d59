import type { FederatedCredential } from '@federate/azure/rules'

/** An application. Tests may change it behind everyone's back. */
export interface Application {
  readonly id: string
  readonly appId: string
  readonly uniqueName: string | null
  displayName: string
  signInAudience: string
  tags: string[]
  federatedCredentials: StoredCredential[]
}

export interface StoredCredential extends FederatedCredential {
  readonly id: string
  readonly description: string | null
}

export interface ServicePrincipal {
  readonly id: string
  readonly appId: string
  displayName: string
  tags: string[]
}

/** A user-assigned managed identity. */
export interface Identity {
  /** As it was written when it was made. */
  readonly path: string
  readonly name: string
  readonly location: string
  readonly clientId: string
  readonly principalId: string
  tags: Record<string, string>
  federatedCredentials: StoredCredential[]
}

export interface RoleDefinition {
  readonly id: string
  readonly name: string
}

export interface RoleAssignment {
  readonly path: string
  readonly scope: string
  readonly roleId: string
  readonly principalId: string
  description: string | null
}

/** What the administrators of a tenant have decided. */
export interface TenantPolicy {
  /** Whether users may register applications. */
  mayRegister: boolean
  /** AADSTS code that every federated token is refused with: 700223, 53003. */
  refusal: string | undefined
}

/** One tenant with its subscriptions. */
export interface AzureTenant {
  readonly id: string
  /** By object id. */
  readonly applications: Map<string, Application>
  /** By object id. */
  readonly servicePrincipals: Map<string, ServicePrincipal>
  /** Resource groups in small letters, by subscription. */
  readonly subscriptions: Map<string, Set<string>>
  /** By path in small letters. */
  readonly identities: Map<string, Identity>
  /** By path in small letters. */
  readonly assignments: Map<string, RoleAssignment>
  readonly roles: RoleDefinition[]
  readonly policy: TenantPolicy
}

// Azure built-in roles, by their documented ids.
const builtInRoles: readonly RoleDefinition[] = [
  { id: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635', name: 'Owner' },
  { id: 'b24988ac-6180-42a0-ab88-20f7382dd24c', name: 'Contributor' },
  { id: 'acdd72a7-3385-48ef-bd42-f606fba81ae7', name: 'Reader' },
  { id: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1', name: 'Storage Blob Data Reader' },
  { id: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe', name: 'Storage Blob Data Contributor' },
  { id: '4633458b-17de-408a-b874-0445c86b69e6', name: 'Key Vault Secrets User' },
]

export function newTenant(id: string): AzureTenant {
  return {
    id,
    applications: new Map(),
    servicePrincipals: new Map(),
    subscriptions: new Map(),
    identities: new Map(),
    assignments: new Map(),
    roles: [...builtInRoles],
    policy: { mayRegister: true, refusal: undefined },
  }
}
