import { failed, passed } from '@federate/core/rules'
import type { ProviderState } from './provider.ts'
import type { ProviderProblem } from './provider-problem.ts'
import { providerProblems } from './provider-problems.ts'
import { invalidTarget } from './refusals.ts'
import type { Rule } from './rule.ts'

// The same provider is asked about with every token.
const known = new WeakMap<ProviderState, readonly ProviderProblem[]>()

const storableRule: Rule = {
  name: 'provider-storable',
  needs: ['provider'],
  check({ provider }) {
    if (provider === undefined) return []
    const problems = known.get(provider) ?? providerProblems(provider)
    known.set(provider, problems)
    if (problems.length === 0) return [passed('IAM stores a provider like this.')]
    return problems.map(({ field, problem, next }) =>
      failed(invalidTarget(), `IAM would not store this provider, so no token finds it: ${problem}`, {
        actual: field,
        next,
      }),
    )
  },
}

/** Whether such a provider can be at all: files may hold one that nobody has tried. */
export const storableRules: readonly Rule[] = [storableRule]
