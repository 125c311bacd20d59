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
import { credentialsOf } from './issued.ts'
import { expandSessionName, sessionNameOf } from './session-name.ts'
import { sessionPolicies } from './session-policy.ts'
import { stsOptions } from './sts-client.ts'
import { fromStsError } from './sts-errors.ts'
import { type AwsRuntime, requestedAudience } from './target.ts'
import type { AwsCredentials } from './temporary-credentials.ts'

/** What an exchange needs of the outside. */
export interface ExchangeContext extends Pick<CallContext, 'signal' | 'now' | 'env'> {
  /** How to wait between tries. Default: by timers. */
  readonly sleep?: Sleep
}

/**
 * Exchanges an issuer's token for credentials of a role by STS AssumeRoleWithWebIdentity, and these for those of a
 * second role where the target has one.
 *
 * The call is not signed, so no AWS credentials are looked for. What passes by itself (STS cannot get the issuer's key,
 * throttling, server and network errors) is tried up to three times; a token that STS finds expired is renewed once.
 *
 * @throws FederateError of the token source, a code of `fromStsError`, `AWS_SESSION_NAME`, or a code of `assumeSecondRole`.
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
  const first = await firstRole(token, assumeRole, source, () => tokenRequest(runtime, context))
  if (runtime.assumeRole === undefined) return first
  const { assumeSecondRole } = await import('./second-hop.ts')
  return assumeSecondRole(first, runtime.assumeRole, runtime, context)
}

async function firstRole(
  token: Token,
  assumeRole: AssumeRole,
  source: TokenSource,
  request: () => TokenRequest,
): Promise<AwsCredentials> {
  try {
    return await assumeRole(token)
  } catch (error) {
    if (!(error instanceof FederateError && error.code === 'AWS_TOKEN_EXPIRED')) throw error
    const renewed = await source.getToken({ ...request(), forceRefresh: true })
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
  const client = new STSClient(stsOptions(runtime, context))
  const { signal, now } = context
  const assumeOnce = async (token: Token) => {
    const command = new AssumeRoleWithWebIdentityCommand({
      RoleArn: runtime.roleArn,
      RoleSessionName: sessionName(runtime, token),
      WebIdentityToken: token.reveal(),
      DurationSeconds: runtime.durationSeconds,
      ...(runtime.assumeRole === undefined ? sessionPolicies(runtime) : {}),
    })
    const asked = { sentAt: now(), durationSeconds: runtime.durationSeconds }
    try {
      return credentialsOf(await client.send(command, { abortSignal: signal }), asked)
    } catch (error) {
      signal.throwIfAborted()
      throw fromStsError(error, { runtime, token, now: new Date(now()) })
    }
  }
  const retry = { sleep: context.sleep ?? sleep, random: Math.random, now, signal }
  return (token) => withRetries(() => assumeOnce(token), retry)
}

function sessionName({ sessionName: template, subject }: AwsRuntime, { claims }: Token): string {
  return template === undefined ? sessionNameOf(claims, subject) : expandSessionName(template, claims)
}
