import type { AssumeRoleCommandOutput } from '@aws-sdk/client-sts'
import { endWithin, FederateError, type Seconds } from '@federate/core'
import { AwsCredentials } from './temporary-credentials.ts'

/** What was asked of STS, and when (milliseconds since 1970). */
interface Asked {
  readonly sentAt: number
  readonly durationSeconds: Seconds
}

/**
 * Reads what STS issued.
 *
 * @param asked makes a clock that is behind harmless. Default: the end that STS names is believed.
 * @throws FederateError `AWS_UNREACHABLE` when something is missing: then it was not STS.
 */
export function credentialsOf(
  { Credentials, AssumedRoleUser }: Pick<AssumeRoleCommandOutput, 'Credentials' | 'AssumedRoleUser'>,
  asked?: Asked,
): AwsCredentials {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {}
  const identity = AssumedRoleUser?.Arn
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration || !identity) throw incomplete()
  return new AwsCredentials({
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiresAt: asked === undefined ? Expiration : endWithin(Expiration, asked.sentAt, asked.durationSeconds),
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
