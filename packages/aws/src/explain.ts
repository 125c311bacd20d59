import type { Question, Verdict } from '@federate/core'
import { type AcceptanceQuestion, evaluate, lint } from './rules/index.ts'
import { expandSessionName, sessionNameFor } from './session-name.ts'
import { type AwsWish, audienceOf } from './target.ts'
import { expectedRoleArn, providerArn } from './trust/addresses.ts'
import { desiredRole } from './trust/desired-role.ts'
import { providerPath } from './trust/trust-policy.ts'

/** IAM's tolerance of clocks, in seconds (IAM User Guide, id_roles_providers_oidc). */
export const clockTolerance = 300

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
    request: {
      sessionName: expandSessionName(wish.sessionName ?? sessionNameFor(service.name), token.claims),
      duration: wish.durationSeconds,
    },
    now,
    leeway: clockTolerance,
  }
  const verdict = evaluate(asked)
  return { ...verdict, rules: [...verdict.rules, ...lint(asked)] }
}
