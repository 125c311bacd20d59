import { GetOpenIDConnectProviderCommand, type Tag } from '@aws-sdk/client-iam'
import { type Administrator, explainedOrAbsent } from './iam.ts'
import type { Tags } from './marks.ts'

/** An identity provider as IAM has it. */
export interface ActualProvider {
  readonly arn: string
  /** Without the scheme, as IAM gives it. */
  readonly url: string
  /** Sorted. */
  readonly clientIds: readonly string[]
  /** Lower case, sorted. IAM takes one by itself where none is given. */
  readonly thumbprints: readonly string[]
  readonly tags: Tags
}

/** Reads one provider afresh; `undefined` when there is none. */
export async function readProvider(
  { iam, account }: Administrator,
  arn: string,
  signal: AbortSignal,
): Promise<ActualProvider | undefined> {
  const call = { action: 'iam:GetOpenIDConnectProvider', resource: arn, account }
  const command = new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn })
  const answer = await explainedOrAbsent(signal, call, () => iam.send(command, { abortSignal: signal }))
  if (answer === undefined) return undefined
  const { Url: url = '', ClientIDList = [], ThumbprintList = [], Tags = [] } = answer
  const thumbprints = ThumbprintList.map((one) => one.toLowerCase()).sort()
  return { arn, url, clientIds: [...ClientIDList].sort(), thumbprints, tags: tagsOf(Tags) }
}

export function tagsOf(tags: readonly Tag[]): Tags {
  return Object.fromEntries(tags.flatMap(({ Key, Value }) => (Key === undefined ? [] : [[Key, Value ?? '']])))
}

export function tagList(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}
