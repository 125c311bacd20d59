import type { STSClientConfig } from '@aws-sdk/client-sts'
import {
  credentialOptionsAt,
  keepCredentials,
  type Now,
  optionsOf,
  type Seconds,
  type TokenSource,
} from '@federate/core'
import { type ExchangeContext, exchange } from './exchange.ts'
import type { SecondRole } from './second-role.ts'
import { type AwsRuntime, parseAwsRuntime, sessionLimits } from './target.ts'
import type { AwsCredentials } from './temporary-credentials.ts'

/** The SDK's own type of a credential provider, taken from a client's options. */
export type AwsCredentialIdentityProvider = Extract<
  NonNullable<STSClientConfig['credentials']>,
  (...parameters: never[]) => unknown
>

export type AwsCredentialIdentity = Awaited<ReturnType<AwsCredentialIdentityProvider>>

export interface AwsCredentialsOptions {
  /** Where the issuer's tokens come from. */
  readonly token: TokenSource
  readonly roleArn: string
  /** The audience to ask the issuer for. Default: `sts.amazonaws.com`. */
  readonly audience?: string
  /** `client`: the issuer gives the right audience unasked. Default: `request`. */
  readonly audienceFrom?: 'request' | 'client'
  /** How long credentials live, in seconds, 900 to 43200 and no more than the role allows. Default: 3600. */
  readonly duration?: Seconds
  /** Region of the STS to ask. Default: AWS_REGION, AWS_DEFAULT_REGION, else the first of the role's partition. */
  readonly region?: string
  /** The session's name in CloudTrail; `{claim}` stands for a claim of the token. Default: made from its client id. */
  readonly sessionName?: string
  /** Narrows the session: a policy document. */
  readonly sessionPolicy?: NonNullable<AwsRuntime['sessionPolicy']>
  /** Narrows the session: ARNs of up to ten managed policies. */
  readonly sessionPolicyArns?: readonly string[]
  /** A role to go on to with the first one's credentials. `durationSeconds` defaults to 3600. */
  readonly assumeRole?: Partial<SecondRole> & Pick<SecondRole, 'roleArn'>
  /** Default: `Date.now`. */
  readonly now?: Now
  /** Default: the process's environment. */
  readonly env?: ExchangeContext['env']
  /** Told when credentials could not be renewed while the old ones still live. Default: nobody. */
  readonly warn?: (message: string) => void
}

/**
 * Makes a credential provider for any client of the AWS SDK.
 *
 * Credentials are kept until they expire, and renewed in the background before that, by one exchange however many calls
 * wait; while that fails, the old ones are served for as long as they live. The SDK's `forceRefresh` is honoured.
 *
 * @throws FederateError (usage) at once when an option is wrong: `OPTION`, `OPTION_UNKNOWN`, `AWS_ROLE_ARN`,
 *   `AWS_SESSION_NAME`; the provider itself throws the codes of `exchange`.
 */
export function awsCredentials(options: AwsCredentialsOptions): AwsCredentialIdentityProvider {
  const place = optionsOf('awsCredentials')
  const {
    token,
    duration,
    now = Date.now,
    env = process.env,
    warn,
    ...target
  } = credentialOptionsAt(options, names, place)
  const durationSeconds =
    duration === undefined ? undefined : place.at('duration').number(duration, { ...sessionLimits, whole: true })
  const runtime = parseAwsRuntime({ ...target, durationSeconds }, place)
  const get = keepCredentials(({ signal }) => exchange(runtime, token, { now, env, signal }), {
    now,
    name: `The credentials of ${runtime.roleArn}`,
    ...(warn === undefined ? {} : { warn }),
  })
  return async (properties) => identityOf(await get({ forceRefresh: properties?.['forceRefresh'] === true }))
}

const names = Object.keys({
  ...{ token: true, roleArn: true, audience: true, audienceFrom: true, duration: true, region: true },
  ...{ sessionName: true, sessionPolicy: true, sessionPolicyArns: true, assumeRole: true },
  ...{ now: true, env: true, warn: true },
} satisfies Record<keyof AwsCredentialsOptions, true>)

function identityOf(credentials: AwsCredentials): AwsCredentialIdentity {
  const { accessKeyId, secretAccessKey, sessionToken, expiresAt, accountId } = credentials
  const identity = { accessKeyId, secretAccessKey, sessionToken, expiration: expiresAt }
  return accountId === undefined ? identity : { ...identity, accountId }
}
