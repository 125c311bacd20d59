import { audiences } from '@federate/core'
import { failed, passed } from '@federate/core/rules'
import { defaultAudiences } from './provider.ts'
import { audienceMismatch } from './refusals.ts'
import type { Rule } from './rule.ts'

const audienceRule: Rule = {
  name: 'audience',
  needs: ['provider'],
  check({ token, provider }) {
    const given = audiences(token.claims)
    const own = defaultAudiences(provider?.name ?? '')
    const listed = provider?.allowedAudiences ?? []
    const allowed = listed.length === 0 ? own : listed
    const pair = { expected: allowed.join(', '), actual: given.join(', ') || '(absent)' }
    if (given.some((one) => allowed.includes(one)))
      return [passed('The provider takes tokens for this audience.', pair)]
    const next =
      listed.length > 0 && given.some((one) => own.includes(one))
        ? 'The provider lists audiences, and then its own name is none of them any more: add it to the list, or ask for a token for a listed audience.'
        : 'Ask for a token for an audience that the provider takes, or add this one to its allowed audiences.'
    return [failed(audienceMismatch(given), 'The provider does not take tokens for this audience.', { ...pair, next })]
  },
}

/** `aud` must be one of the allowed audiences, or the provider's own name where none is listed. */
export const audienceRules: readonly Rule[] = [audienceRule]
