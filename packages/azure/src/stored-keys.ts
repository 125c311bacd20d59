import type { CallContext } from '@federate/core'

/** What EnvironmentCredential looks for, which comes first in DefaultAzureCredential's chain. */
const variables = ['AZURE_CLIENT_SECRET', 'AZURE_CLIENT_CERTIFICATE_PATH', 'AZURE_PASSWORD']

/** Where the Azure SDKs of this environment find a secret before anything that is lent. */
export async function storedKeys(env: CallContext['env']): Promise<readonly string[]> {
  return variables.filter((name) => env[name])
}
