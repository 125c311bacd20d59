import { expiredToken, invalidToken } from '../refusal.ts'
import type { Question, Rule } from './rule.ts'
import { moment } from './values.ts'

// Their types were checked before; what is not a number never gets here.
function seconds(question: Question, claim: 'exp' | 'nbf' | 'iat'): number | undefined {
  const value = question.claims[claim]
  return typeof value === 'number' ? value : undefined
}

/** RFC 7519 section 4.1.4. */
export const expiryRule: Rule = {
  name: 'expiry',
  code: 'TOKEN_EXPIRED',
  answer: expiredToken,
  objection: (question) => {
    const expires = seconds(question, 'exp')
    if (expires !== undefined && question.now < expires + question.clockTolerance) return undefined
    return {
      detail: 'The token has expired.',
      expected: `a moment before ${moment(expires ?? 0)}`,
      actual: moment(question.now),
      next: 'Ask the issuer for a new token; if it is new, compare the clocks of the issuer and of this host.',
    }
  },
  passed: (question) => `It expires at ${moment(seconds(question, 'exp') ?? 0)}.`,
}

/** RFC 7519 sections 4.1.5 and 4.1.6: neither is it for later, nor from the future. */
export const beginningRule: Rule = {
  name: 'beginning',
  code: 'TOKEN_NOT_YET_VALID',
  answer: invalidToken,
  objection: (question) => {
    const latest = Math.max(seconds(question, 'nbf') ?? 0, seconds(question, 'iat') ?? 0)
    if (question.now >= latest - question.clockTolerance) return undefined
    return {
      detail: 'The token is not valid yet.',
      expected: `${moment(latest)} or later`,
      actual: moment(question.now),
      next: 'Compare the clocks of the issuer and of this host.',
    }
  },
  passed: () => 'It is valid already.',
}
