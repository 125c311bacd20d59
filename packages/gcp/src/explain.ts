import type { Question, Verdict } from '@federate/core'
import { type Access, audiencePrefix, evaluate, lint, type ProviderState } from './rules/index.ts'
import { desiredProvider, type GcpTarget } from './trust/desired-provider.ts'
import { impersonation, memberOf } from './trust/grants.ts'
import { emailOf, poolIdOf, providerIdOf, providerNameOf } from './trust/names.ts'
import type { GcpWish } from './wish.ts'

/** What clocks may differ by, in seconds: about what Google was seen to allow. */
export const clockTolerance = 60

/** Stands for a project's number where federate.yaml does not say it: whatever it is, both sides will have the same. */
const anyNumber = '0'

/** Whether Google would accept a token for a target, given the trust that `setup` makes of federate.yaml. Asks nobody. */
export async function explain(question: Question<GcpWish>): Promise<Verdict> {
  const { owner, service, target, token, publishedKeys, now } = question
  const { wish, name: targetName } = target
  const own: GcpTarget = { service, name: targetName, wish }
  const number = wish.projectNumber ?? anyNumber
  const name = providerNameOf(number, poolIdOf(owner, wish, service), providerIdOf(wish, service))
  const provider: ProviderState = {
    ...desiredProvider(name, [own], undefined),
    name,
    pool: { state: 'ACTIVE', disabled: false },
    state: 'ACTIVE',
    disabled: false,
    type: 'oidc',
  }
  const access = accessOf(own, memberOf(owner, number, own))
  const audience = `${audiencePrefix}${name}`
  const asked = { audience, provider, token, publishedKeys, access, now, leeway: clockTolerance }
  const verdict = evaluate(asked)
  return { ...verdict, rules: [...verdict.rules, ...lint(asked)] }
}

function accessOf({ wish }: GcpTarget, member: string): Access {
  const members = [member]
  if (wish.serviceAccount === undefined) {
    const bindings = wish.roles.map((role) => ({ role, members }))
    return { kind: 'direct', resource: `projects/${wish.project}`, policy: { bindings } }
  }
  return {
    kind: 'impersonation',
    serviceAccount: emailOf(wish.serviceAccount, wish.project),
    policy: { bindings: [{ role: impersonation, members }] },
    lifetime: wish.lifetimeSeconds,
  }
}
