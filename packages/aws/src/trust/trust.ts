import {
  type CallContext,
  FederateError,
  type ServiceWish,
  type TargetWish,
  type Trust,
  type TrustRequest,
} from '@federate/core'
import type { Outputs } from '@federate/core/plan'
import { partitionOfRegion, regionWithin } from '../partition.ts'
import { sessionNameFor } from '../session-name.ts'
import { type AwsRuntime, type AwsWish, audienceOf } from '../target.ts'
import { AccountState } from './account-state.ts'
import { expectedRoleArn, providerAddress, roleAddress, rolePath } from './addresses.ts'
import { refuseSharedRoles, refuseWrongAccount, warnOfPrivateIssuers } from './checks.ts'
import { type AwsTarget, desiredRole } from './desired-role.ts'
import { discover } from './discovery.ts'
import { type Administrator, administrator } from './iam.ts'
import { ProviderResource } from './provider.ts'
import { RoleResource } from './role.ts'

/**
 * AWS's side of the trust: an identity provider for each issuer and a role for each target.
 *
 * The administrator's credentials come from the SDK's default chain.
 *
 * @throws FederateError `AWS_ROLE_TAKEN`, `AWS_WRONG_ACCOUNT`, `AWS_TRUST_VALUE` before anything is read, or a code of
 * `fromIamError`.
 */
export async function awsTrust(request: TrustRequest<AwsWish>): Promise<Trust<AwsWish, AwsRuntime>> {
  const { owner, context, targets } = request
  refuseSharedRoles(targets)
  const wanted = targets.map((target) => withService(target, request.services))
  const by = await administrator(adminRegion(targets, context.env), context.signal)
  refuseWrongAccount(targets, by)
  warnOfPrivateIssuers(request)
  const state = new AccountState(by, owner)
  const resources = [...providers(owner, wanted, by, state), ...wanted.map((target) => role(owner, target, by, state))]
  return {
    resources,
    discover: (signal) => discover({ by, state, owner, wanted: resources }, signal),
    resolve: (target, outputs) => runtimeOf(owner, withService(target, request.services), outputs),
  }
}

function withService({ name, service, wish }: TargetWish<AwsWish>, services: readonly ServiceWish[]): AwsTarget {
  const found = services.find((one) => one.name === service)
  if (found === undefined) throw noService(name, service)
  return { service: found, name, wish }
}

function noService(target: string, service: string): FederateError {
  return new FederateError({
    code: 'AWS_NO_SERVICE',
    outcome: 'failed',
    problem: `The target ${target} is of the service ${service}, which is not among the services given.`,
    next: 'This is a fault of the caller of awsTrust: give every service whose targets are given.',
  })
}

/** Where IAM and STS are asked: in the targets' partition. */
function adminRegion(targets: readonly TargetWish<AwsWish>[], env: CallContext['env']): string {
  const fromEnvironment = [env['AWS_REGION'], env['AWS_DEFAULT_REGION']]
  const first = targets[0]?.wish
  const partition = first?.partition ?? partitionOfRegion(fromEnvironment.find(Boolean) ?? '')
  return regionWithin(partition, first?.region, ...fromEnvironment)
}

function providers(owner: string, targets: readonly AwsTarget[], by: Administrator, state: AccountState) {
  const issuers = new Set(targets.map(({ service }) => service.issuer.url))
  return [...issuers].map((url) => {
    const using = targets.filter(({ service }) => service.issuer.url === url)
    const clientIds = new Set(using.map(({ service, wish }) => audienceOf(wish, service.clientId)))
    const services = new Set(using.map(({ service }) => service.name))
    return new ProviderResource(by, state, { owner, url, clientIds: [...clientIds].sort() }, [...services])
  })
}

function role(owner: string, target: AwsTarget, by: Administrator, state: AccountState): RoleResource {
  const { service, name, wish } = target
  const identity = {
    owner,
    name: wish.role,
    path: rolePath(owner),
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
  }
}

function arnIn(actual: unknown): string | undefined {
  const arn = typeof actual === 'object' && actual !== null && 'arn' in actual ? actual.arn : undefined
  return typeof arn === 'string' ? arn : undefined
}
