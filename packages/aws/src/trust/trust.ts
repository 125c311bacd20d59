import type { Trust, TrustRequest } from '@federate/core'
import type { Outputs, Resource } from '@federate/core/plan'
import { sessionNameFor } from '../session-name.ts'
import { type AwsRuntime, type AwsWish, audienceOf } from '../target.ts'
import type { AwsAccess } from './access.ts'
import type { AccountState } from './account-state.ts'
import { expectedRoleArn, providerAddress, roleAddress, rolePath } from './addresses.ts'
import { type AccountWork, openAccounts } from './administrators.ts'
import { refuseSharedRoles, warnOfPrivateIssuers } from './checks.ts'
import { type AwsTarget, desiredRole, withService } from './desired-role.ts'
import { discover } from './discovery.ts'
import type { Administrator } from './iam.ts'
import { refuseLongTrustPolicies } from './policy-size.ts'
import { ProviderResource } from './provider.ts'
import { RoleResource } from './role.ts'
import { type IssuerThumbprints, issuerThumbprints } from './thumbprints.ts'

/**
 * AWS's side of the trust: an identity provider for each issuer and a role for each target.
 *
 * How an account is reached says `access`, which is AWS's part of federate.admin.yaml; of what is not said there, the
 * SDK's default chain decides.
 *
 * @throws FederateError `AWS_ROLE_TAKEN`, `AWS_WRONG_ACCOUNT`, `AWS_TRUST_VALUE`, `AWS_TRUST_POLICY_LONG`,
 * `AWS_THUMBPRINTS` before anything is planned, or a code of `fromIamError`.
 */
export async function awsTrust(request: TrustRequest<AwsWish, AwsAccess>): Promise<Trust<AwsWish, AwsRuntime>> {
  const { owner, context, targets } = request
  refuseSharedRoles(targets)
  for (const target of targets) withService(target, request.services)
  const accounts = await openAccounts(owner, targets, request.access, context)
  warnOfPrivateIssuers(request)
  const thumbprints = await issuerThumbprints(request)
  const resources = accounts.flatMap((work) => resourcesIn(work, request, thumbprints))
  await refuseLongTrustPolicies(accounts, request)
  return {
    resources,
    discover: async (signal) => {
      const wanted = new Map(resources.map((resource) => [resource.address, resource]))
      const found = accounts.map(({ by, state }) => discover({ by, state, owner, wanted }, signal))
      return (await Promise.all(found)).flat()
    },
    resolve: (target, outputs) => runtimeOf(owner, withService(target, request.services), outputs),
  }
}

function resourcesIn(
  { by, state, targets }: AccountWork,
  { owner, services }: TrustRequest<AwsWish>,
  thumbprints: IssuerThumbprints,
): Resource[] {
  const wanted = targets.map((target) => withService(target, services))
  return [
    ...providers(owner, wanted, by, state, thumbprints),
    ...wanted.map((target) => role(owner, target, by, state)),
  ]
}

function providers(
  owner: string,
  targets: readonly AwsTarget[],
  by: Administrator,
  state: AccountState,
  thumbprints: IssuerThumbprints,
): ProviderResource[] {
  const issuers = new Set(targets.map(({ service }) => service.issuer.url))
  return [...issuers].map((url) => {
    const using = targets.filter(({ service }) => service.issuer.url === url)
    const clientIds = new Set(using.map(({ service, wish }) => audienceOf(wish, service.clientId)))
    const services = new Set(using.map(({ service }) => service.name))
    const wish = { owner, url, clientIds: [...clientIds].sort(), thumbprints: thumbprints(by.account, url) }
    return new ProviderResource(by, state, wish, [...services])
  })
}

function role(owner: string, target: AwsTarget, by: Administrator, state: AccountState): RoleResource {
  const { service, name, wish } = target
  const identity = {
    owner,
    name: wish.role,
    path: wish.path ?? rolePath(owner),
    description: `Taken by ${service.name} (target ${name}) with a token of its issuer. Made by federate for ${owner}.`,
    dependsOn: [providerAddress(by.account, service.issuer.url)],
    services: [service.name],
  }
  return new RoleResource(by, state, identity, desiredRole(owner, target))
}

/** What the service needs at run time. An adopted role keeps its path, so its ARN is read, not made. */
export function runtimeOf(owner: string, { service, wish }: AwsTarget, outputs: Outputs): AwsRuntime {
  return {
    cloud: 'aws',
    roleArn: arnIn(outputs.get(roleAddress(wish.account, wish.role))) ?? expectedRoleArn(owner, wish),
    audience: audienceOf(wish, service.clientId),
    audienceFrom: wish.audience === 'client' ? 'client' : undefined,
    subject: service.subject,
    durationSeconds: wish.durationSeconds,
    region: wish.region,
    sessionName: wish.sessionName ?? sessionNameFor(service.name),
    sessionPolicy: wish.sessionPolicy,
    sessionPolicyArns: wish.sessionPolicyArns,
    assumeRole: wish.assumeRole,
  }
}

function arnIn(actual: unknown): string | undefined {
  const arn = typeof actual === 'object' && actual !== null && 'arn' in actual ? actual.arn : undefined
  return typeof arn === 'string' ? arn : undefined
}
