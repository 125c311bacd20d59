import { IAMClient } from '@aws-sdk/client-iam'
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient, type STSClientConfig } from '@aws-sdk/client-sts'
import { fromIni } from '@aws-sdk/credential-provider-ini'
import { type AdminCall, fromIamError } from '../errors.ts'
import { credentialsOf } from '../issued.ts'
import { type Partition, parseIamArn } from '../partition.ts'
import type { AccountAccess } from './access.ts'

/** Who the administrator is, and the client to act with. */
export interface Administrator {
  readonly iam: IAMClient
  readonly account: string
  readonly partition: Partition
  readonly arn: string
}

/** Asks with whose credentials the given way leads into an account. Needs no permission but that to assume a role. */
export async function administrator(
  region: string,
  access: AccountAccess,
  signal: AbortSignal,
): Promise<Administrator> {
  const options = { region, retryMode: 'standard', ...credentialsBy(region, access, signal) } as const
  const client = new STSClient(options)
  const call = { action: 'sts:GetCallerIdentity', resource: 'the own identity' }
  const answer = await explained(signal, call, () =>
    client.send(new GetCallerIdentityCommand({}), { abortSignal: signal }),
  )
  const { Account: account = '', Arn: arn = '' } = answer
  // An identity's ARN may be one of STS (an assumed role); its partition stands at the same place.
  const partition = parseIamArn(`${arn.split(':').slice(0, 2).join(':')}:iam::${account}:root`)?.partition ?? 'aws'
  return { iam: new IAMClient(options), account, partition, arn }
}

type ClientCredentials = Pick<STSClientConfig, 'credentials'>

function credentialsBy(region: string, access: AccountAccess, signal: AbortSignal): ClientCredentials {
  // The client's own `profile` option warns and may one day yield to keys in the environment.
  const base = access.profile === undefined ? {} : { credentials: fromIni({ profile: access.profile }) }
  const { assumeRole, externalId } = access
  if (assumeRole === undefined) return base
  const sts = new STSClient({ region, retryMode: 'standard', ...base })
  const call = { action: 'sts:AssumeRole', resource: assumeRole }
  return {
    credentials: async () => {
      const command = new AssumeRoleCommand({
        RoleArn: assumeRole,
        RoleSessionName: 'federate-setup',
        ExternalId: externalId,
      })
      const answer = await explained(signal, call, () => sts.send(command, { abortSignal: signal }))
      const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = credentialsOf(answer)
      return { accessKeyId, secretAccessKey, sessionToken, expiration: expiresAt }
    },
  }
}

/** Runs one call; an error comes back explained, an interruption as it is. */
export async function explained<T>(signal: AbortSignal, call: AdminCall, run: () => Promise<T>): Promise<T> {
  signal.throwIfAborted()
  try {
    return await run()
  } catch (error) {
    signal.throwIfAborted()
    throw fromIamError(error, call)
  }
}

/** As `explained`, for reads of what may not exist. */
export async function explainedOrAbsent<T>(
  signal: AbortSignal,
  call: AdminCall,
  run: () => Promise<T>,
): Promise<T | undefined> {
  return explained(signal, call, async () => {
    try {
      return await run()
    } catch (error) {
      if (error instanceof Error && error.name === 'NoSuchEntityException') return undefined
      throw error
    }
  })
}
