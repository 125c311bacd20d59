import { FederateError, type ServiceWish, type TargetWish } from '@federate/core'
import { sourceIdentity, tagsSession } from '../rules/index.ts'
import { sessionNameFor, sessionNamePattern } from '../session-name.ts'
import { type AwsWish, audienceOf } from '../target.ts'
import { providerArn } from './addresses.ts'
import { roleTags } from './marks.ts'
import type { DesiredRole } from './role-changes.ts'
import { trustPolicy } from './trust-policy.ts'

/** One target together with the service that it belongs to. */
export interface AwsTarget {
  readonly service: ServiceWish
  readonly name: string
  readonly wish: AwsWish
}

/** What federate.yaml makes of a role; also what `explain` judges a token by. */
export function desiredRole(owner: string, { service, name, wish }: AwsTarget): DesiredRole {
  const sessionName = wish.sessionName ?? sessionNameFor(service.name)
  const admission = {
    providerArn: providerArn(wish, service.issuer.url),
    issuer: service.issuer.url,
    audience: audienceOf(wish, service.clientId),
    subject: service.subject,
    originalAudience: wish.originalAudience,
    tagsSession: tagsSession(service.claims),
    setsSourceIdentity: sourceIdentity(service.claims).value !== undefined,
    sessionName: wish.pinSessionName === true ? sessionNamePattern(sessionName) : undefined,
    conditions: wish.conditions,
  }
  return {
    trustPolicy: trustPolicy(admission),
    policies: wish.policies,
    inlinePolicies: wish.inlinePolicies,
    permissionsBoundary: wish.permissionsBoundary,
    maxSessionDuration: wish.maxSessionDurationSeconds,
    tags: roleTags(owner, service.name, name, wish.tags),
  }
}

/** A target with the service that it is of. @throws FederateError `AWS_NO_SERVICE` */
export function withService({ name, service, wish }: TargetWish<AwsWish>, services: readonly ServiceWish[]): AwsTarget {
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
