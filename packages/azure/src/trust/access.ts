/** How an administrator reaches one tenant. */
export interface TenantAccess {
  /**
   * - `default`: environment, workload identity, Azure CLI and the like, in the order of `DefaultAzureCredential`
   * - `cli`: `az login`
   * - `environment`: AZURE_CLIENT_ID with a secret or certificate
   * - `browser`: asks in a browser
   * - `federation`: the token in `tokenFile`, of another federation, for the application `clientId`
   */
  readonly login: 'default' | 'cli' | 'environment' | 'browser' | 'federation'
  readonly clientId?: string
  /** Relative to the current folder. */
  readonly tokenFile?: string
  /** Further subscriptions in which to look for what federate.yaml has forgotten. */
  readonly subscriptions?: readonly string[]
}

/** Azure's part of federate.admin.yaml: by tenant. */
export interface AzureAccess {
  readonly tenants: Readonly<Record<string, TenantAccess>>
}

/** How the tenant is reached; those of which nothing is said, by the default chain. */
export function accessTo(access: AzureAccess | undefined, tenant: string): TenantAccess {
  return access?.tenants[tenant] ?? { login: 'default' }
}
