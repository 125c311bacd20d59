import { FederateError, type LiveQuestion, type Verdict } from '@federate/core'
import { clockTolerance } from './explain.ts'
import { lifecycleOf, policyOf, providerOf } from './google-objects.ts'
import { type Access, audiencePrefix, evaluate, lint, type ProviderState } from './rules/index.ts'
import { signatureBy } from './signature-by.ts'
import type { GcpAccess } from './trust/access.ts'
import { authorization } from './trust/authorization.ts'
import type { GcpTarget } from './trust/desired-provider.ts'
import { GoogleClient, type GoogleObject } from './trust/google-client.ts'
import { emailOf, poolIdOf, providerIdOf, providerNameOf } from './trust/names.ts'
import { accountPlace, type Policies, type PolicyPlace, projectPlace } from './trust/policies.ts'
import { openProjects, type ProjectWork } from './trust/project.ts'
import type { GcpWish } from './wish.ts'

/**
 * Whether Google would accept a token for a target of federate.yaml, by the provider and the policy as they are at Google
 * now.
 *
 * @throws FederateError as `openProjects`, or a code of `fromAdminAnswer`.
 */
export async function explainLive(question: LiveQuestion<GcpWish, GcpAccess>): Promise<Verdict> {
  const { wanted, access: by, context, token, publishedKeys, now } = question
  if (wanted === undefined) throw new TypeError('explainLive needs a target of federate.yaml')
  const { owner, service, target } = wanted
  const own: GcpTarget = { service, name: target.name, wish: target.wish }
  const work = await openProject(own, by, context)
  const [pool, id] = [poolIdOf(owner, own.wish, service), providerIdOf(own.wish, service)]
  const [provider, access] = await Promise.all([
    providerAt(work, pool, id, context.signal),
    accessAt(work, own, context.signal),
  ])
  const asked = {
    audience: `${audiencePrefix}${providerNameOf(work.number, pool, id)}`,
    provider,
    token: { ...token, signature: await signatureBy(provider, question) },
    publishedKeys,
    access,
    now,
    leeway: clockTolerance,
  }
  const verdict = evaluate(asked)
  return { ...verdict, rules: [...verdict.rules, ...lint(asked)] }
}

async function openProject(
  { wish }: GcpTarget,
  access: GcpAccess | undefined,
  context: LiveQuestion['context'],
): Promise<ProjectWork> {
  const client = new GoogleClient(authorization(access, context), context, { universe: wish.universe })
  const work = (await openProjects([wish], client, context)).get(wish.project)
  if (work === undefined) throw new TypeError('openProjects left out the project')
  return work
}

async function providerAt(
  { state }: ProjectWork,
  pool: string,
  id: string,
  signal: AbortSignal,
): Promise<ProviderState | undefined> {
  const found = (await state.pools(signal)).get(pool)
  const provider = (await state.providers(pool, signal)).get(id)
  if (provider === undefined || found === undefined) return undefined
  return providerOf(provider, `provider ${id} of the pool ${pool}`, lifecycleOf(found))
}

async function accessAt({ policies, state }: ProjectWork, { wish }: GcpTarget, signal: AbortSignal): Promise<Access> {
  const { project, roles, lifetimeSeconds: lifetime } = wish
  const account = wish.serviceAccount === undefined ? undefined : emailOf(wish.serviceAccount, project)
  const place = account === undefined ? projectPlace(project) : accountPlace(account, project, true)
  // Google answers 403 for the policy of an account that is not there.
  const missing =
    account?.endsWith(`@${project}.iam.gserviceaccount.com`) && !(await state.accounts(signal)).has(account)
  const policy = policyOf(missing === true ? {} : await policyAt(policies, place, signal))
  if (account !== undefined) return { kind: 'impersonation', serviceAccount: account, policy, lifetime }
  return { kind: 'direct', resource: place.label, policy, role: roles[0] }
}

/** An account that is not there lets nobody in. */
async function policyAt(policies: Policies, place: PolicyPlace, signal: AbortSignal): Promise<GoogleObject> {
  try {
    return await policies.raw(place, signal)
  } catch (error) {
    if (error instanceof FederateError && error.code === 'GCP_NOT_FOUND') return {}
    throw error
  }
}
