import { FederateError, type ShellFormat, shellLines } from '@federate/core'
import { formatNames } from './format-names.ts'
import type { AwsRuntime } from './target.ts'
import type { AwsCredentials } from './temporary-credentials.ts'

/** Renders credentials in the named format; the names are those of `aws.formats`. @throws FederateError `AWS_FORMAT_UNKNOWN` */
export function format(name: string, credentials: AwsCredentials, runtime: Pick<AwsRuntime, 'region'>): string {
  switch (name) {
    case 'credential-process':
      return credentialProcess(credentials)
    case 'env':
    case 'env-fish':
    case 'env-powershell':
    case 'env-cmd':
      return environment(credentials, runtime, name)
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
    problem: `AWS credentials have no format "${name}", only ${formatNames.join(', ')}.`,
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

/** Lines for a shell: by default for the `eval` of a POSIX one. @throws FederateError `SHELL_VALUE_UNSAFE` */
export function environment(
  credentials: AwsCredentials,
  runtime: Pick<AwsRuntime, 'region'>,
  shell: ShellFormat = 'env',
): string {
  return shellLines(shell, {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_CREDENTIAL_EXPIRATION: rfc3339(credentials.expiresAt),
    AWS_REGION: runtime.region,
    // botocore, and with it the AWS CLI and boto3, reads only this one.
    AWS_DEFAULT_REGION: runtime.region,
  })
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
