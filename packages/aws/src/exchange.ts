import type { AssumeRoleWithWebIdentityCommandOutput } from '@aws-sdk/client-sts'
import {
  type CallContext,
  FederateError,
  type Sleep,
  sleep,
  type Token,
  type TokenRequest,
  type TokenSource,
  withRetries,
} from '@federate/core'
import { parseIamArn, regionWithin } from './partition.ts'
import { sessionNameOf } from './session-name.ts'
import { fromStsError } from './sts-errors.ts'
import { type AwsRuntime, requestedAudience } from './target.ts'
import { AwsCredentials } from './temporary-credentials.ts'

/** What an exchange needs of the outside. */
export interface ExchangeContext extends Pick<CallContext, 'signal' | 'now' | 'env'> {
  /** How to wait between tries. Default: by timers. */
  readonly sleep?: Sleep
}

/**
 * Exchanges an issuer's token for credentials of a role by STS AssumeRoleWithWebIdentity.
 *
 * The call is not signed, so no AWS credentials are looked for. What passes by itself (STS cannot get the issuer's key,
 * throttling, server and network errors) is tried up to three times; a token that STS finds expired is renewed once.
 *
 * @throws FederateError of the token source, or a code of `fromStsError`.
 */
export async function exchange(
  runtime: AwsRuntime,
  source: TokenSource,
  context: ExchangeContext,
): Promise<AwsCredentials> {
  // The client loads while the token is under way: each takes tens of milliseconds of a short-lived process.
  const [token, assumeRole] = await Promise.all([
    source.getToken(tokenRequest(runtime, context)),
    requestsSent().then(() => roleAssumer(runtime, context)),
  ])
  try {
    return await assumeRole(token)
  } catch (error) {
    if (!(error instanceof FederateError && error.code === 'AWS_TOKEN_EXPIRED')) throw error
    const renewed = await source.getToken({ ...tokenRequest(runtime, context), forceRefresh: true })
    // A file that nobody renews gives the same token again, and STS would say the same.
    if (renewed.fingerprint === token.fingerprint) throw error
    return await assumeRole(renewed)
  }
}

/** Loading a module blocks; what is to be sent goes out before. */
function requestsSent(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function tokenRequest(runtime: AwsRuntime, { signal }: ExchangeContext): TokenRequest {
  const audience = requestedAudience(runtime)
  return audience === undefined ? { signal } : { signal, audience }
}

type AssumeRole = (token: Token) => Promise<AwsCredentials>

async function roleAssumer(runtime: AwsRuntime, context: ExchangeContext): Promise<AssumeRole> {
  const { STSClient, AssumeRoleWithWebIdentityCommand } = await import('@aws-sdk/client-sts')
  const client = new STSClient({ ...stsOptions, region: stsRegion(runtime, context) })
  const { signal, now } = context
  const assumeOnce = async (token: Token) => {
    const command = new AssumeRoleWithWebIdentityCommand({
      RoleArn: runtime.roleArn,
      RoleSessionName: runtime.sessionName ?? sessionNameOf(token.claims, runtime.subject),
      WebIdentityToken: token.reveal(),
      DurationSeconds: runtime.durationSeconds,
    })
    try {
      return credentialsOf(await client.send(command, { abortSignal: signal }))
    } catch (error) {
      signal.throwIfAborted()
      throw fromStsError(error, { runtime, token, now: new Date(now()) })
    }
  }
  const retry = { sleep: context.sleep ?? sleep, random: Math.random, now, signal }
  return (token) => withRetries(() => assumeOnce(token), retry)
}

// Retries are ours alone, because the SDK's know nothing of an issuer's key that could not be fetched.
// STS itself waits up to five seconds for the issuer.
const stsOptions = {
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 15_000, throwOnRequestTimeout: true },
}

/** STS's region: the target's, the environment's where it lies in the role's partition, else the partition's default. */
export function stsRegion(runtime: AwsRuntime, { env }: Pick<CallContext, 'env'>): string {
  if (runtime.region !== undefined) return runtime.region
  const partition = parseIamArn(runtime.roleArn)?.partition ?? 'aws'
  return regionWithin(partition, env['AWS_REGION'], env['AWS_DEFAULT_REGION'])
}

function credentialsOf(answer: AssumeRoleWithWebIdentityCommandOutput): AwsCredentials {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {}
  const identity = answer.AssumedRoleUser?.Arn
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
