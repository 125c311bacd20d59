import { GetAccountSummaryCommand } from '@aws-sdk/client-iam'
import { FederateError, type TrustRequest } from '@federate/core'
import { policySize, trustPolicyQuota } from '../rules/index.ts'
import type { AwsWish } from '../target.ts'
import type { AccountWork } from './administrators.ts'
import { type AwsTarget, desiredRole, withService } from './desired-role.ts'
import { type Administrator, explained } from './iam.ts'

/**
 * Refuses trust policies that IAM would not store, before anything is changed. An account is asked for its quota only
 * where the default one does not do.
 *
 * @throws FederateError `AWS_TRUST_POLICY_LONG`, or a code of `fromIamError`.
 */
export async function refuseLongTrustPolicies(
  accounts: readonly AccountWork[],
  { owner, services, context }: TrustRequest<AwsWish>,
): Promise<void> {
  for (const { by, targets } of accounts) {
    const sizes = targets.map((target) => sizeOf(owner, withService(target, services)))
    const longest = sizes.sort((one, other) => other.size - one.size)[0]
    if (longest === undefined || longest.size <= trustPolicyQuota) continue
    const quota = await quotaOf(by, context.signal)
    if (longest.size > quota) throw tooLong(longest, quota, by.account)
  }
}

interface PolicySize {
  readonly place: string
  readonly size: number
}

function sizeOf(owner: string, target: AwsTarget): PolicySize {
  const policy = JSON.stringify(desiredRole(owner, target).trustPolicy)
  return { place: `services.${target.service.name}.targets.${target.name}`, size: policySize(policy) }
}

async function quotaOf({ iam, account }: Administrator, signal: AbortSignal): Promise<number> {
  const call = { action: 'iam:GetAccountSummary', resource: '*', account }
  const answer = await explained(signal, call, () =>
    iam.send(new GetAccountSummaryCommand({}), { abortSignal: signal }),
  )
  return answer.SummaryMap?.AssumeRolePolicySizeQuota ?? trustPolicyQuota
}

function tooLong({ place, size }: PolicySize, quota: number, account: string): FederateError {
  return new FederateError({
    code: 'AWS_TRUST_POLICY_LONG',
    outcome: 'usage',
    problem: `The trust policy of ${place} would have ${size} characters without white space; account ${account} allows ${quota}.`,
    next: 'Shorten the target’s conditions, or ask for more in the Service Quotas console (IAM, "Role trust policy length", at most 8192).',
    details: { expected: `at most ${quota} characters`, actual: `${size} characters`, account },
  })
}
