import type { ConfigurationWish } from '@federate/core'
import { authorityOf, type Environment } from './environment.ts'
import type { AzureRuntime } from './target.ts'

type Variables = Readonly<Record<string, string>>

/** The first words of a file that is ours to write over. */
export const mark = '# Written by `federate configure azure`'

/**
 * The token file family: what WorkloadIdentityCredential, and with it DefaultAzureCredential, reads (Azure workload
 * identity, "Service account labels and annotations"), and Terraform's azurerm, azuread and azapi ("Authenticating using
 * OpenID Connect"). No variable of the managed identity endpoint family is among them.
 */
export function tokenFileVariables(runtime: AzureRuntime, tokenFile: string, env: ConfigurationEnvironment): Variables {
  const { tenantId, clientId, environment } = runtime
  return {
    AZURE_TENANT_ID: tenantId,
    AZURE_CLIENT_ID: clientId,
    AZURE_FEDERATED_TOKEN_FILE: tokenFile,
    AZURE_AUTHORITY_HOST: authorityOf(environment, env),
    ARM_USE_OIDC: 'true',
    ARM_TENANT_ID: tenantId,
    ARM_CLIENT_ID: clientId,
    ARM_OIDC_TOKEN_FILE_PATH: tokenFile,
    ARM_ENVIRONMENT: environment,
  }
}

type ConfigurationEnvironment = Readonly<Record<string, string | undefined>>

const azureCliClouds: Readonly<Record<Environment, string>> = {
  public: 'AzureCloud',
  usgovernment: 'AzureUSGovernment',
  china: 'AzureChinaCloud',
}

/** What signs the Azure CLI in: it reads no variables. Which cloud it is in stays as it is where that is the public one. */
export function signInLines({ tenantId, clientId, environment }: AzureRuntime, tokenFile: string): readonly string[] {
  const signIn = `az login --service-principal --username ${clientId} --tenant ${tenantId} --allow-no-subscriptions --federated-token "$(cat ${tokenFile})"`
  return environment === 'public' ? [signIn] : [`az cloud set --name ${azureCliClouds[environment]}`, signIn]
}

/** What writes the token file anew. */
export function renewalLine({ command }: Pick<ConfigurationWish, 'command'>, tokenFile: string): string {
  const words = [...command, '--format', 'federated-token-file', '--federated-token-file', tokenFile]
  return `${words.map(quoted).join(' ')} > /dev/null`
}

function quoted(word: string): string {
  return isPlain(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** Whether systemd, Docker and shells all read a value as it stands, without quotes. */
export function isPlain(value: string): boolean {
  return /^[\w@%+=:,./-]+$/.test(value)
}

/** The text of an environment file, for a shell's `.`, systemd's EnvironmentFile and Docker's --env-file alike. */
export function environmentFile(name: string, variables: Variables, lines: readonly string[]): string {
  const settings = Object.entries(variables).map(([variable, value]) => `${variable}=${value}`)
  const comments = lines.map((line) => `# ${line}`)
  return `${[`${mark} for ${name}.`, ...settings, ...comments].join('\n')}\n`
}
