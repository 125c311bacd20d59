import type { CallContext, TargetWish } from '@federate/core'
import { forEachLimited } from '@federate/core/plan'
import { refuseUnusableEndpoints } from '../endpoint-variables.ts'
import { parseIamArn, partitionOfRegion, regionWithin } from '../partition.ts'
import type { AwsWish } from '../target.ts'
import { type AwsAccess, accessTo } from './access.ts'
import { AccountState } from './account-state.ts'
import { rolePath } from './addresses.ts'
import { refuseWrongAccount } from './checks.ts'
import { type Administrator, administrator } from './iam.ts'

type Target = TargetWish<AwsWish>

/** One account, the targets in it, and who works there. */
export interface AccountWork {
  readonly by: Administrator
  readonly state: AccountState
  readonly targets: readonly Target[]
}

const accountsAtOnce = 8

/**
 * Opens every account that has targets or is named in federate.admin.yaml; the latter may still hold what federate.yaml
 * has forgotten. Without either, the one that the default chain leads to.
 *
 * @throws FederateError `AWS_ENDPOINT`, `AWS_WRONG_ACCOUNT`, or a code of `fromIamError`.
 */
export async function openAccounts(
  owner: string,
  targets: readonly Target[],
  access: AwsAccess | undefined,
  context: CallContext,
): Promise<readonly AccountWork[]> {
  refuseUnusableEndpoints(context.env, ['AWS_ENDPOINT_URL_IAM', 'AWS_ENDPOINT_URL_STS', 'AWS_ENDPOINT_URL'])
  const groups = new Map<string, Target[]>()
  for (const account of Object.keys(access?.accounts ?? {})) groups.set(account, [])
  for (const target of targets) groups.set(target.wish.account, [...(groups.get(target.wish.account) ?? []), target])
  if (groups.size === 0) groups.set('', [])
  const works = new Map<string, AccountWork>()
  await forEachLimited([...groups], accountsAtOnce, async ([account, own]) => {
    works.set(account, await openAccount(owner, account, own, access, context))
  })
  return [...groups.keys()].flatMap((account) => works.get(account) ?? [])
}

async function openAccount(
  owner: string,
  account: string,
  targets: readonly Target[],
  access: AwsAccess | undefined,
  context: CallContext,
): Promise<AccountWork> {
  const how = accessTo(access, { account })
  const by = await administrator(adminRegion(targets, how.assumeRole, context.env), how, context.signal)
  refuseWrongAccount(targets, by, account)
  const paths = new Set([rolePath(owner), ...targets.map(({ wish }) => wish.path ?? rolePath(owner))])
  return { by, state: new AccountState(by, [...paths]), targets }
}

/** Where IAM and STS are asked: in the partition of the account's targets, or of the role that leads there. */
function adminRegion(targets: readonly Target[], assumeRole: string | undefined, env: CallContext['env']): string {
  const fromEnvironment = [env['AWS_REGION'], env['AWS_DEFAULT_REGION']]
  const first = targets[0]?.wish
  const byRole = assumeRole === undefined ? undefined : parseIamArn(assumeRole)?.partition
  const partition = first?.partition ?? byRole ?? partitionOfRegion(fromEnvironment.find(Boolean) ?? '')
  return regionWithin(partition, first?.region, ...fromEnvironment)
}
