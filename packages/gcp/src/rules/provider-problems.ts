import { isLoopbackIssuer } from '@federate/core/rules'
import { conditionProblems, mappingProblems } from './mapping-problems.ts'
import { type ProviderState, parseProviderName } from './provider.ts'
import type { ProviderProblem } from './provider-problem.ts'
import { jwksProblems } from './uploaded-jwks.ts'

/** Google's limits on audiences (IAM REST reference, Oidc.allowedAudiences). */
const mostAudiences = 10
const longestAudience = 256

/** Issuers that anybody can get tokens from: for these Google insists on a condition (as above, "Define an attribute condition"). */
const sharedIssuers = ['https://token.actions.githubusercontent.com', 'https://gitlab.com', 'https://app.terraform.io']

/**
 * Why IAM would not store a provider as it is: `setup` asks before it writes, the sandbox when it is written to, and
 * `explain` of files that nobody has tried yet.
 */
export function providerProblems(provider: ProviderState): readonly ProviderProblem[] {
  return [
    ...nameProblems(provider),
    ...(provider.type === 'oidc' ? oidcProblems(provider) : []),
    ...mappingProblems(provider),
    ...conditionProblems(provider),
  ]
}

function nameProblems({ name }: ProviderState): readonly ProviderProblem[] {
  const parsed = parseProviderName(name)
  if (parsed === undefined) return []
  return [idProblem('pool', parsed.pool), idProblem('provider', parsed.provider)].filter((one) => one !== undefined)
}

/** Why this cannot be the id of a pool or provider; `undefined` when it can. */
export function idProblem(what: 'pool' | 'provider', id: string): ProviderProblem | undefined {
  const reserved = id.startsWith('gcp-')
  if (/^[a-z0-9-]{4,32}$/.test(id) && !reserved) return undefined
  return {
    field: 'name',
    problem: `The ${what} id '${id}' ${reserved ? 'begins with gcp-, which is kept for Google' : 'is not 4 to 32 of a-z, 0-9 and -'}.`,
    next: 'Choose another id.',
  }
}

function oidcProblems(provider: ProviderState): readonly ProviderProblem[] {
  const { issuerUri, allowedAudiences, attributeCondition, jwksJson } = provider
  const problems: ProviderProblem[] = []
  if (!issuerUri.startsWith('https://') && !isLoopbackIssuer(issuerUri))
    problems.push({
      field: 'oidc.issuerUri',
      problem: `The issuer '${issuerUri}' does not begin with https://.`,
      next: 'Serve the issuer by https, or upload its keys: Google asks for https also where it never calls.',
    })
  if (allowedAudiences.length > mostAudiences)
    problems.push(audience(`${allowedAudiences.length} audiences are allowed, and Google takes ${mostAudiences}.`))
  for (const one of allowedAudiences)
    if (one.length > longestAudience)
      problems.push(audience(`An audience has ${one.length} characters, and Google takes ${longestAudience}.`))
  if (
    sharedIssuers.includes(issuerUri.replace(/\/$/, '')) &&
    !attributeCondition?.includes('assertion.') &&
    !attributeCondition?.includes('attribute.')
  )
    problems.push({
      field: 'attributeCondition',
      problem: `Anybody can get tokens of ${issuerUri}, and there is no condition on a claim.`,
      next: 'Add one that pins the owner: assertion.repository_owner_id == "1234".',
    })
  return jwksJson === undefined ? problems : [...problems, ...jwksProblems(jwksJson)]
}

function audience(problem: string): ProviderProblem {
  return { field: 'oidc.allowedAudiences', problem, next: 'Allow only audiences that tokens are asked for with.' }
}
