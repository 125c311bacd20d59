import { FederateError } from '@federate/core'
import type { AwsRuntime } from './target.ts'
import type { AwsCredentials } from './temporary-credentials.ts'

/** Renders credentials in the named format; the names are those of `aws.formats`. @throws FederateError `AWS_FORMAT_UNKNOWN` */
export function format(name: string, credentials: AwsCredentials, runtime: Pick<AwsRuntime, 'region'>): string {
  switch (name) {
    case 'credential-process':
      return credentialProcess(credentials)
    case 'env':
      return environment(credentials, runtime)
    case 'json':
      return json(credentials)
    default:
      throw unknownFormat(name)
  }
}

function unknownFormat(name: string): FederateError {
  return new FederateError({
    code: 'AWS_FORMAT_UNKNOWN',
    outcome: 'usage',
    problem: `AWS credentials have no format "${name}", only credential-process, env and json.`,
    next: 'Name one of these.',
  })
}

/** What an SDK's `credential_process` expects on standard output (AWS SDKs reference, "Process credential provider"). */
export function credentialProcess(credentials: AwsCredentials): string {
  return JSON.stringify({
    Version: 1,
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    SessionToken: credentials.sessionToken,
    Expiration: rfc3339(credentials.expiresAt),
    AccountId: credentials.accountId,
  })
}

/** Lines for a POSIX shell's `eval`. */
export function environment(credentials: AwsCredentials, runtime: Pick<AwsRuntime, 'region'>): string {
  const variables: Record<string, string | undefined> = {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_CREDENTIAL_EXPIRATION: rfc3339(credentials.expiresAt),
    AWS_REGION: runtime.region,
  }
  return Object.entries(variables)
    .flatMap(([name, value]) => (value === undefined ? [] : [`export ${name}=${shellQuoted(value)}`]))
    .join('\n')
}

/** Everything there is, for programs. */
export function json(credentials: AwsCredentials): string {
  const { accessKeyId, secretAccessKey, sessionToken, accountId, identity } = credentials
  const expiration = rfc3339(credentials.expiresAt)
  return JSON.stringify({ accessKeyId, secretAccessKey, sessionToken, expiration, accountId, identity }, null, 2)
}

/** Whole seconds: some readers know no fractions. */
function rfc3339(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, 'Z')
}

/** Inside single quotes a POSIX shell expands nothing; a single quote ends them, so it is put between two pairs. */
function shellQuoted(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`
}
