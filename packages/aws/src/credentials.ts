import type { STSClientConfig } from '@aws-sdk/client-sts'
import type { Now, Seconds, TokenSource } from '@federate/core'
import { type ExchangeContext, exchange } from './exchange.ts'
import type { SecondRole } from './second-role.ts'
import { type AwsRuntime, parseAwsRuntime } from './target.ts'
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
}

const refreshBefore = 5 * 60_000
const neverServeWithin = 15_000
const afterFailure = 30_000
const exchangeTimeout = 60_000

/**
 * Makes a credential provider for any client of the AWS SDK.
 *
 * Credentials are kept until they expire. Five minutes before that they are renewed in the background, by one exchange
 * however many calls wait; while that fails, the old ones are served for as long as they live. The SDK's `forceRefresh`
 * is honoured.
 *
 * @throws FederateError at once when an option is wrong (`AWS_ROLE_ARN`, `SERVICE_FILE_INVALID`); the provider itself
 * throws the codes of `exchange`.
 */
export function awsCredentials(options: AwsCredentialsOptions): AwsCredentialIdentityProvider {
  const keeper = new CredentialKeeper(exchanger(options), options.now ?? Date.now)
  return async (properties) => identityOf(await keeper.get(properties?.['forceRefresh'] === true))
}

function exchanger(options: AwsCredentialsOptions): () => Promise<AwsCredentials> {
  const { token, duration: durationSeconds, now = Date.now, env = process.env, ...target } = options
  const runtime = parseAwsRuntime({ ...target, durationSeconds }, 'awsCredentials')
  return () => exchange(runtime, token, { now, env, signal: AbortSignal.timeout(exchangeTimeout) })
}

function identityOf(credentials: AwsCredentials): AwsCredentialIdentity {
  const { accessKeyId, secretAccessKey, sessionToken, expiresAt, accountId } = credentials
  const identity = { accessKeyId, secretAccessKey, sessionToken, expiration: expiresAt }
  return accountId === undefined ? identity : { ...identity, accountId }
}

/** Keeps one set of credentials fresh; at most one exchange runs at a time. */
export class CredentialKeeper {
  readonly #exchange: () => Promise<AwsCredentials>
  readonly #now: Now
  #current: AwsCredentials | undefined
  #running: Promise<AwsCredentials> | undefined
  #notBefore = 0

  constructor(exchangeOnce: () => Promise<AwsCredentials>, now: Now) {
    this.#exchange = exchangeOnce
    this.#now = now
  }

  async get(forceRefresh = false): Promise<AwsCredentials> {
    const current = this.#current
    const left = current === undefined ? 0 : current.expiresAt.getTime() - this.#now()
    if (forceRefresh || current === undefined || left <= neverServeWithin) return this.#renew()
    if (left <= refreshBefore && this.#now() >= this.#notBefore) this.#renewInBackground()
    return current
  }

  #renew(): Promise<AwsCredentials> {
    this.#running ??= this.#exchange()
      .then((credentials) => {
        this.#current = credentials
        return credentials
      })
      .finally(() => {
        this.#running = undefined
      })
    return this.#running
  }

  /** The caller has what it needs, so a failure only puts off the next try. */
  #renewInBackground(): void {
    this.#renew().catch(() => {
      this.#notBefore = this.#now() + afterFailure
    })
  }
}
