import {
  FederateError,
  isLoopbackHost,
  isPrivateHost,
  publicPaths,
  type TargetWish,
  type TrustRequest,
} from '@federate/core'
import type { AwsWish } from '../target.ts'
import type { Administrator } from './iam.ts'
import { providerPath } from './trust-policy.ts'

type Target = TargetWish<AwsWish>

/** Two targets that want one role would take it from each other at every run. IAM does not tell names apart by case. */
export function refuseSharedRoles(targets: readonly Target[]): void {
  const seen = new Map<string, Target>()
  for (const target of targets) {
    const { account, role } = target.wish
    const key = `${account}/${role.toLowerCase()}`
    const other = seen.get(key)
    if (other !== undefined) throw sharedRole(other, target)
    seen.set(key, target)
  }
}

function sharedRole(one: Target, other: Target): FederateError {
  return new FederateError({
    code: 'AWS_ROLE_TAKEN',
    outcome: 'usage',
    problem: `${nameOf(one)} and ${nameOf(other)} both want the role ${one.wish.role} in account ${one.wish.account}${one.wish.role === other.wish.role ? '' : ` (the other writes ${other.wish.role}; IAM ignores case)`}; a role belongs to one service.`,
    next: 'Give one of the two another role name in federate.yaml.',
    details: { account: one.wish.account, role: one.wish.role, targets: [nameOf(one), nameOf(other)] },
  })
}

/** The administrator's credentials must be of the account that they were meant for. */
export function refuseWrongAccount(
  targets: readonly Target[],
  by: Administrator,
  account: string,
  asker = 'federate.admin.yaml',
): void {
  const wrong = targets.find(({ wish }) => wish.account !== by.account || wish.partition !== by.partition)
  if (wrong === undefined && (account === '' || account === by.account)) return
  const expected = wrong?.wish.account ?? account
  const who = wrong === undefined ? asker : nameOf(wrong)
  const where = wrong === undefined ? '' : ` (${wrong.wish.partition})`
  throw new FederateError({
    code: 'AWS_WRONG_ACCOUNT',
    outcome: 'usage',
    problem: `${who} is for account ${expected}${where}, the administrator's credentials are of account ${by.account} (${by.partition}): ${by.arn}.`,
    next: `Use credentials of account ${expected} (AWS_PROFILE), or say in federate.admin.yaml how it is reached: aws.accounts."${expected}" with a profile or a role to assume.`,
    details: { expected, actual: by.account, caller: by.arn },
  })
}

/** Says what must be public. An AWS on this machine, the sandbox, does reach an issuer on this machine. */
export function warnOfPrivateIssuers({ services, targets, context }: TrustRequest<AwsWish>): void {
  const endpoint = context.env['AWS_ENDPOINT_URL_STS'] ?? context.env['AWS_ENDPOINT_URL']
  const isLocal = (url = '') => isLoopbackHost(URL.parse(url)?.hostname ?? '')
  const using = services.filter((service) => targets.some((target) => target.service === service.name))
  for (const issuer of new Set(using.map((service) => service.issuer.url))) {
    if (!isLocal(issuer) && /^[^/]+:\d/.test(providerPath(issuer))) context.warn(portWarning(issuer))
    if (!isPrivateHost(issuer) || (isLocal(issuer) && isLocal(endpoint))) continue
    const paths = publicPaths(issuer).join(' and ')
    context.warn(
      `AWS cannot reach the issuer ${issuer} from the internet, and will refuse its tokens. What must be public: ${paths}.`,
    )
  }
}

/** IAM API reference, CreateOpenIDConnectProvider: "should not contain a port number". */
function portWarning(issuer: string): string {
  return `The issuer ${issuer} has a port, and by its documentation IAM takes no identity provider whose URL has one. Give the issuer a public URL of host and path only.`
}

function nameOf({ service, name }: Target): string {
  return `services.${service}.targets.${name}`
}
