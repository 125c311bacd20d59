import type { FileFormat } from '@federate/core'
import { executableAnswer } from './executable.ts'
import { format } from './formats.ts'
import type { GcpRuntime } from './target.ts'
import type { GcpCredentials } from './temporary-credentials.ts'

/** How software reads Google credentials from a file. */
export const fileFormats: Readonly<Record<string, FileFormat<GcpRuntime, GcpCredentials>>> = {
  // What `credential_source.file` of an external account names (AIP-4117): Google's libraries read it again and exchange
  // it. The token alone, because google-auth-library for Node would send a line break along.
  'subject-token': { holds: 'token', text: (token) => token.reveal() },
  // What `credential_source.executable.output_file` names (AIP-4117): while it holds, the executable is not run.
  executable: { holds: 'token', text: (token, _runtime, { now }) => executableAnswer(token, now) },
  // What CLOUDSDK_AUTH_ACCESS_TOKEN_FILE names, for gcloud.
  token: { holds: 'credentials', text: ({ accessToken }) => accessToken },
  json: { holds: 'credentials', text: (credentials) => `${format('json', credentials)}\n` },
  env: { holds: 'credentials', text: (credentials) => `${format('env', credentials)}\n` },
}
