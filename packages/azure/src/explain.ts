import type { Question, Verdict } from '@federate/core'
import { type AcceptanceQuestion, evaluate, lint } from './rules/index.ts'
import type { AzureWish } from './target.ts'
import { desiredCredential } from './trust/desired-credential.ts'

/**
 * The difference of clocks, in seconds, that Entra may or may not tolerate: it documents none, and what lies within is
 * called unknown.
 */
export const uncertainTime = 300

/** Before setup nobody knows the id that Entra will give; it is no part of what the rules compare. */
const clientIdToCome = '(made by setup)'

/** Whether Entra would accept a token for a target, given the trust that `setup` makes of federate.yaml. Asks nobody. */
export async function explain({ owner, service, target, token, now }: Question<AzureWish>): Promise<Verdict> {
  const asked: AcceptanceQuestion = {
    tenantId: target.wish.tenant,
    clientId: clientIdToCome,
    client: {
      clientId: clientIdToCome,
      federatedCredentials: [desiredCredential(owner, { service, name: target.name, wish: target.wish })],
    },
    token,
    now,
    leeway: uncertainTime,
  }
  const verdict = evaluate(asked)
  return { ...verdict, rules: [...verdict.rules, ...lint(asked)] }
}
