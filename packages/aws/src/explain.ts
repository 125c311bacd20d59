import type { ExaminedToken, Question, Verdict } from '@federate/core'
import { type AcceptanceQuestion, evaluate, lint } from './rules/index.ts'
import { expandSessionName, sessionNameFor } from './session-name.ts'
import { type AwsWish, audienceOf } from './target.ts'
import { expectedRoleArn, providerArn } from './trust/addresses.ts'
import { type AwsTarget, desiredRole } from './trust/desired-role.ts'
import { providerPath } from './trust/trust-policy.ts'

/** IAM's tolerance of clocks, in seconds (IAM User Guide, id_roles_providers_oidc). */
export const clockTolerance = 300

/** The call that the service makes for a target. With a second role, session policies narrow that one. */
export function requestFor(
  { service, wish }: Pick<AwsTarget, 'service' | 'wish'>,
  { claims }: ExaminedToken,
): AcceptanceQuestion['request'] {
  const { sessionPolicy, sessionPolicyArns } = wish.assumeRole === undefined ? wish : {}
  return {
    sessionName: expandSessionName(wish.sessionName ?? sessionNameFor(service.name), claims),
    duration: wish.durationSeconds,
    ...(sessionPolicy === undefined ? {} : { sessionPolicy: JSON.stringify(sessionPolicy) }),
    ...(sessionPolicyArns === undefined ? {} : { sessionPolicyArns }),
  }
}

/** Whether AWS would accept a token for a target, given the trust that `setup` makes of federate.yaml. Asks nobody. */
export async function explain({ owner, service, target, token, now }: Question<AwsWish>): Promise<Verdict> {
  const { wish, name } = target
  const roleArn = expectedRoleArn(owner, wish)
  const role = desiredRole(owner, { service, name, wish })
  const provider = {
    arn: providerArn(wish, service.issuer.url),
    url: providerPath(service.issuer.url),
    clientIds: [audienceOf(wish, service.clientId)],
  }
  const asked: AcceptanceQuestion = {
    roleArn,
    providers: [provider],
    role: { arn: roleArn, trustPolicy: JSON.stringify(role.trustPolicy), maxSessionDuration: role.maxSessionDuration },
    token,
    request: requestFor({ service, wish }, token),
    now,
    leeway: clockTolerance,
  }
  const verdict = evaluate(asked)
  return { ...verdict, rules: [...verdict.rules, ...lint(asked)] }
}
