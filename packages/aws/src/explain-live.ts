import { FederateError, type LiveQuestion, type TargetWish, type Verdict } from '@federate/core'
import { clockTolerance, requestFor } from './explain.ts'
import { type Partition, parseIamArn, regionWithin, roleNameOf } from './partition.ts'
import { type AcceptanceQuestion, evaluate, lint } from './rules/index.ts'
import { sessionNameOf } from './session-name.ts'
import { type AwsWish, sessionLimits } from './target.ts'
import { type AwsAccess, accessTo } from './trust/access.ts'
import { AccountState } from './trust/account-state.ts'
import { readRoleTrust } from './trust/actual-role.ts'
import { expectedRoleArn } from './trust/addresses.ts'
import { refuseWrongAccount } from './trust/checks.ts'
import { type Administrator, administrator } from './trust/iam.ts'

type AwsLiveQuestion = LiveQuestion<AwsWish, AwsAccess>

/**
 * Whether AWS would accept a token, by the role and the identity providers as IAM has them now: of a target in
 * federate.yaml, or of the role that `roleArn` names. Other values: `sessionName`, `duration` in seconds, `sourceIp`.
 *
 * @throws FederateError `AWS_ROLE_ARN` without either, `AWS_WRONG_ACCOUNT`, or a code of `fromIamError`.
 */
export async function explainLive(question: AwsLiveQuestion): Promise<Verdict> {
  const role = roleOf(question)
  const by = await openAccount(role, question)
  const { signal } = question.context
  const [trust, providers] = await Promise.all([
    readRoleTrust(by, role.name, signal),
    new AccountState(by, []).providers(signal),
  ])
  const asked: AcceptanceQuestion = {
    // An adopted role keeps its path, and IAM finds a role by its name alone.
    roleArn: role.arn ?? trust?.arn ?? role.expected,
    role: trust,
    providers: [...providers.values()],
    token: question.token,
    request: requestOf(question),
    now: question.now,
    leeway: clockTolerance,
  }
  const verdict = evaluate(asked)
  return { ...verdict, rules: [...verdict.rules, ...lint(asked)] }
}

interface AskedRole {
  readonly account: string
  readonly partition: Partition
  readonly name: string
  /** Where somebody named exactly one. */
  readonly arn?: string
  /** Where setup would make it. */
  readonly expected: string
  readonly region?: string | undefined
  readonly target?: TargetWish<AwsWish>
}

function roleOf({ wanted, values }: AwsLiveQuestion): AskedRole {
  const arn = values.get('roleArn')
  if (wanted !== undefined && arn === undefined) {
    const { owner, target } = wanted
    const { account, partition, role: name, region } = target.wish
    return { account, partition, name, region, target, expected: expectedRoleArn(owner, target.wish) }
  }
  const parsed = parseIamArn(arn ?? '')
  const name = roleNameOf(arn ?? '')
  if (arn !== undefined && parsed !== undefined && name !== undefined)
    return { account: parsed.account, partition: parsed.partition, name, arn, expected: arn }
  throw new FederateError({
    code: 'AWS_ROLE_ARN',
    outcome: 'usage',
    problem: `--role-arn is ${arn === undefined ? 'missing' : `"${arn}"`}, expected the ARN of a role, as arn:aws:iam::123456789012:role/name.`,
    next: 'Copy the ARN from the IAM console.',
  })
}

async function openAccount(role: AskedRole, { access, context }: AwsLiveQuestion): Promise<Administrator> {
  const { env, signal } = context
  const region = regionWithin(role.partition, role.region, env['AWS_REGION'], env['AWS_DEFAULT_REGION'])
  const by = await administrator(region, accessTo(access, role), signal)
  refuseWrongAccount(role.target === undefined ? [] : [role.target], by, role.account, 'The role')
  return by
}

function requestOf({ wanted, values, token }: AwsLiveQuestion): AcceptanceQuestion['request'] {
  const usual =
    wanted === undefined
      ? { sessionName: sessionNameOf(token.claims, undefined), duration: sessionLimits.default }
      : requestFor({ service: wanted.service, wish: wanted.target.wish }, token)
  const [sessionName, duration, sourceIp] = [values.get('sessionName'), values.get('duration'), values.get('sourceIp')]
  return {
    ...usual,
    ...(sessionName === undefined ? {} : { sessionName }),
    ...(duration === undefined ? {} : { duration: Number(duration) }),
    ...(sourceIp === undefined ? {} : { sourceIp }),
  }
}
