import { FederateError } from '@federate/core'
import { failureDetails, isServerFault, isThrottling, readAwsFailure, verbatim } from './aws-failure.ts'
import type { ExchangeContext } from './exchange.ts'
import { credentialsOf } from './issued.ts'
import type { SecondRole } from './second-role.ts'
import { sessionPolicies } from './session-policy.ts'
import { stsOptions } from './sts-client.ts'
import type { AwsRuntime } from './target.ts'
import type { AwsCredentials } from './temporary-credentials.ts'

/**
 * Assumes the second role with the first one's credentials.
 *
 * @throws FederateError `AWS_CHAIN_REFUSED` with STS's words and both roles, `AWS_UNREACHABLE`.
 */
export async function assumeSecondRole(
  first: AwsCredentials,
  second: SecondRole,
  runtime: AwsRuntime,
  context: ExchangeContext,
): Promise<AwsCredentials> {
  const { STSClient, AssumeRoleCommand } = await import('@aws-sdk/client-sts')
  const { accessKeyId, secretAccessKey, sessionToken } = first
  const client = new STSClient({
    ...stsOptions(runtime, context),
    // Signing once more is cheap and harms nobody, unlike a second web identity: the SDK's own retries will do.
    maxAttempts: 3,
    credentials: { accessKeyId, secretAccessKey, sessionToken },
  })
  const tags = Object.entries(second.tags ?? {}).map(([Key, Value]) => ({ Key, Value }))
  const command = new AssumeRoleCommand({
    RoleArn: second.roleArn,
    RoleSessionName: second.sessionName ?? first.identity.slice(first.identity.lastIndexOf('/') + 1),
    DurationSeconds: second.durationSeconds,
    ExternalId: second.externalId,
    SourceIdentity: second.sourceIdentity,
    ...(tags.length === 0 ? {} : { Tags: tags }),
    ...(second.transitiveTags === undefined ? {} : { TransitiveTagKeys: [...second.transitiveTags] }),
    ...sessionPolicies(runtime),
  })
  const asked = { sentAt: context.now(), durationSeconds: second.durationSeconds }
  try {
    return credentialsOf(await client.send(command, { abortSignal: context.signal }), asked)
  } catch (error) {
    context.signal.throwIfAborted()
    throw explained(error, first, second, runtime)
  }
}

function explained(error: unknown, first: AwsCredentials, second: SecondRole, runtime: AwsRuntime): FederateError {
  if (error instanceof FederateError) return error
  const failure = readAwsFailure(error)
  const details = { ...failureDetails(failure), caller: first.identity, roleArn: second.roleArn }
  if (failure.kind !== 'answer' || isServerFault(failure) || isThrottling(failure)) {
    return new FederateError({
      code: 'AWS_UNREACHABLE',
      outcome: 'unreachable',
      problem: `AWS STS could not be asked for the second role ${second.roleArn}: ${verbatim(failure)}.`,
      next: 'Check the network, the region, and AWS_ENDPOINT_URL_STS if it is set; then try again.',
      details,
      cause: error,
    })
  }
  return new FederateError({
    code: 'AWS_CHAIN_REFUSED',
    outcome: 'refused',
    problem: `AWS STS gave the role ${runtime.roleArn}, but with it refused the second role ${second.roleArn}: ${verbatim(failure)}.`,
    next: advice(failure.code, second, runtime),
    details,
    cause: error,
  })
}

function advice(code: string, { roleArn, externalId }: SecondRole, runtime: AwsRuntime): string {
  if (code !== 'AccessDenied') return 'Correct what STS names in the target, under assumeRole.'
  const condition =
    externalId === undefined ? 'Where its trust demands an external id, add externalId.' : 'Compare the external id.'
  return `Let ${roleArn} trust ${runtime.roleArn} for sts:AssumeRole, and allow sts:AssumeRole on it in a policy of the first role. ${condition}`
}
