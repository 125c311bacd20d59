import { IAMClient } from '@aws-sdk/client-iam'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { type AdminCall, fromIamError } from '../errors.ts'
import { type Partition, parseIamArn } from '../partition.ts'

/** Who the administrator is, and the client to act with. */
export interface Administrator {
  readonly iam: IAMClient
  readonly account: string
  readonly partition: Partition
  readonly arn: string
}

/** Asks with whose credentials the SDK's default chain acts. Needs no permission. */
export async function administrator(region: string, signal: AbortSignal): Promise<Administrator> {
  const client = new STSClient({ region, retryMode: 'standard' })
  const call = { action: 'sts:GetCallerIdentity', resource: 'the own identity' }
  const answer = await explained(signal, call, () =>
    client.send(new GetCallerIdentityCommand({}), { abortSignal: signal }),
  )
  const { Account: account = '', Arn: arn = '' } = answer
  // An identity's ARN may be one of STS (an assumed role); its partition stands at the same place.
  const partition = parseIamArn(`${arn.split(':').slice(0, 2).join(':')}:iam::${account}:root`)?.partition ?? 'aws'
  return { iam: new IAMClient({ region, retryMode: 'standard' }), account, partition, arn }
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
