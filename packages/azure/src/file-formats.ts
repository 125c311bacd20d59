import type { FileFormat } from '@federate/core'
import type { AzureCredentials } from './access-token-credentials.ts'
import { environment, json } from './formats.ts'
import type { AzureRuntime } from './target.ts'

/** How software reads Azure credentials from a file. */
export const fileFormats: Readonly<Record<string, FileFormat<AzureRuntime, AzureCredentials>>> = {
  // What AZURE_FEDERATED_TOKEN_FILE names: WorkloadIdentityCredential, and with it DefaultAzureCredential, reads it again
  // and exchanges it.
  'federated-token': { holds: 'token', text: (token) => token.reveal() },
  token: { holds: 'credentials', text: ({ accessToken }) => accessToken },
  json: { holds: 'credentials', text: (credentials) => `${json(credentials)}\n` },
  env: { holds: 'credentials', text: (credentials) => `${environment(credentials)}\n` },
}
