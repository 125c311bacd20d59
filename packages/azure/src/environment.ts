/** Microsoft's clouds, by the names that Terraform's azurerm uses: separate worlds with their own tenants and endpoints. */
export const environments = ['public', 'usgovernment', 'china'] as const

export type Environment = (typeof environments)[number]

export interface EnvironmentFacts {
  /** Where Entra issues tokens. */
  readonly authority: string
  readonly graph: string
  readonly resourceManager: string
  /** The audience that federated tokens have there. */
  readonly audience: string
}

// Microsoft Entra docs: authentication-national-cloud, and workload-identity-federation-config-app-trust-managed-identity.
const facts: Readonly<Record<Environment, EnvironmentFacts>> = {
  public: {
    authority: 'https://login.microsoftonline.com',
    graph: 'https://graph.microsoft.com',
    resourceManager: 'https://management.azure.com',
    audience: 'api://AzureADTokenExchange',
  },
  usgovernment: {
    authority: 'https://login.microsoftonline.us',
    graph: 'https://graph.microsoft.us',
    resourceManager: 'https://management.usgovcloudapi.net',
    audience: 'api://AzureADTokenExchangeUSGov',
  },
  china: {
    authority: 'https://login.chinacloudapi.cn',
    graph: 'https://microsoftgraph.chinacloudapi.cn',
    resourceManager: 'https://management.chinacloudapi.cn',
    audience: 'api://AzureADTokenExchangeChina',
  },
}

export function factsOf(environment: Environment): EnvironmentFacts {
  return facts[environment]
}

type Variables = Readonly<Record<string, string | undefined>>

/** Where Entra is asked: as the environment says, in the variable that the SDKs read too, else Microsoft's own address. */
export function authorityOf(environment: Environment, variables: Variables): string {
  const named = variables['AZURE_AUTHORITY_HOST']
  return (named === undefined || named === '' ? facts[environment].authority : named).replace(/\/+$/, '')
}

/** The scope of a resource: Entra wants `/.default` behind it in this flow. */
export function scopeOf(resource: string): string {
  return resource.endsWith('/.default') ? resource : `${resource}/.default`
}
