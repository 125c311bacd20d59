import type { AssumeRoleCommandOutput } from '@aws-sdk/client-sts'
import { FederateError } from '@federate/core'
import { AwsCredentials } from './temporary-credentials.ts'

/** Reads what STS issued. @throws FederateError `AWS_UNREACHABLE` when something is missing: then it was not STS. */
export function credentialsOf({
  Credentials,
  AssumedRoleUser,
}: Pick<AssumeRoleCommandOutput, 'Credentials' | 'AssumedRoleUser'>): AwsCredentials {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {}
  const identity = AssumedRoleUser?.Arn
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration || !identity) throw incomplete()
  return new AwsCredentials({
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiresAt: Expiration,
    identity,
  })
}

function incomplete(): FederateError {
  return new FederateError({
    code: 'AWS_UNREACHABLE',
    outcome: 'unreachable',
    problem: 'What answered as AWS STS sent no complete credentials, so it is not STS.',
    next: 'Check the proxy, and AWS_ENDPOINT_URL_STS if it is set.',
  })
}
