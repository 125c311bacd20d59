import type { FileFormat } from '@federate/core'
import { credentialProcess, environment, json } from './formats.ts'
import { withCredentials } from './shared-files/profiles.ts'
import type { AwsRuntime } from './target.ts'
import type { AwsCredentials } from './temporary-credentials.ts'

/** How software reads AWS credentials from a file. */
export const fileFormats: Readonly<Record<string, FileFormat<AwsRuntime, AwsCredentials>>> = {
  // What AWS_SHARED_CREDENTIALS_FILE names ("Location of the shared config and credentials files").
  'shared-credentials': {
    holds: 'credentials',
    profiles: true,
    text: (credentials, _runtime, place) => withCredentials(place, credentials),
  },
  // For `credential_process = cat <file>`.
  'credential-process': { holds: 'credentials', text: (credentials) => `${credentialProcess(credentials)}\n` },
  json: { holds: 'credentials', text: (credentials) => `${json(credentials)}\n` },
  env: { holds: 'credentials', text: (credentials, runtime) => `${environment(credentials, runtime)}\n` },
  // What AWS_WEB_IDENTITY_TOKEN_FILE names, beside AWS_ROLE_ARN: the SDKs exchange it themselves ("Assume role credential
  // provider", AWS SDKs and Tools reference).
  'web-identity-token': { holds: 'token', text: (token) => token.reveal() },
}
