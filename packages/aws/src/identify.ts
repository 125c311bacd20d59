import type { CallContext } from '@federate/core'
import { fromIamError } from './errors.ts'
import { stsRegion } from './sts-client.ts'
import type { AwsRuntime } from './target.ts'
import type { AwsCredentials } from './temporary-credentials.ts'

/**
 * Asks STS who one is with these credentials: the ARN of the assumed role. Needs no permission.
 *
 * @throws FederateError with a code of `fromIamError`.
 */
export async function identify(
  credentials: AwsCredentials,
  runtime: AwsRuntime,
  context: CallContext,
): Promise<string> {
  const { STSClient, GetCallerIdentityCommand } = await import('@aws-sdk/client-sts')
  const { accessKeyId, secretAccessKey, sessionToken } = credentials
  const client = new STSClient({
    region: stsRegion(runtime, context),
    credentials: { accessKeyId, secretAccessKey, sessionToken },
  })
  try {
    const answer = await client.send(new GetCallerIdentityCommand({}), { abortSignal: context.signal })
    return answer.Arn ?? credentials.identity
  } catch (error) {
    context.signal.throwIfAborted()
    throw fromIamError(error, { action: 'sts:GetCallerIdentity', resource: runtime.roleArn })
  }
}
