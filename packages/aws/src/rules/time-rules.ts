import { type Finding, failed, passed, unknown, warned } from '@federate/core/rules'
import { timestampOf } from './claims.ts'
import type { AcceptanceQuestion } from './question.ts'
import { invalidToken, tokenExpired } from './refusals.ts'
import type { Rule } from './rule.ts'

// AWS refuses tokens that were issued long ago though they still live; from which age on is not documented.
const certainAge = 24 * 60 * 60

const expiryRule: Rule = {
  name: 'expiry',
  needs: ['required-claims', 'timestamps'],
  check(question) {
    const now = seconds(question)
    const expiry = timestampOf(question.token.claims, 'exp') ?? 0
    const pair = { expected: `later than ${iso(now)}`, actual: iso(expiry) }
    if (now < expiry) return [passed('The token has not expired.', pair)]
    if (now - question.leeway < expiry) return [inLeeway('expired', pair)]
    return [
      failed(tokenExpired(now - question.leeway, expiry), 'The token has expired.', {
        ...pair,
        next: 'Get a new token, and check the clock of this machine and the token lifespan of the client.',
      }),
    ]
  },
}

const issuedRule: Rule = {
  name: 'issued-at',
  needs: ['required-claims', 'timestamps'],
  check(question) {
    const now = seconds(question)
    const issued = timestampOf(question.token.claims, 'iat') ?? 0
    const pair = { expected: `not later than ${iso(now)}`, actual: iso(issued) }
    if (issued > now + question.leeway)
      return [
        failed(invalidToken(`Token issued in the future: ${issued}`), 'The token was issued in the future.', {
          ...pair,
          next: 'Set the clock of the issuer right.',
        }),
      ]
    if (issued > now) return [inLeeway('issued in the future', pair)]
    if (now - issued > certainAge)
      return [unknown('AWS refuses a token that was issued long ago; from which age on is not documented.', pair)]
    return [passed('The token was issued in the past.', pair)]
  },
}

const notBeforeRule: Rule = {
  name: 'not-before',
  needs: ['required-claims', 'timestamps'],
  check(question) {
    const now = seconds(question)
    const start = timestampOf(question.token.claims, 'nbf')
    if (start === undefined) return [passed('The token names no start.')]
    const pair = { expected: `not later than ${iso(now)}`, actual: iso(start) }
    if (start <= now) return [passed('The token is valid already.', pair)]
    if (start <= now + question.leeway) return [inLeeway('not yet valid', pair)]
    const message = `Token not yet valid: current date/time ${now + question.leeway} must be after or equal to the not-before date/time ${start}`
    return [
      failed(invalidToken(message), 'The token is not yet valid.', {
        ...pair,
        next: 'Set the clock of the issuer right.',
      }),
    ]
  },
}

function inLeeway(what: string, pair: { expected: string; actual: string }): Finding {
  return warned(`The token is ${what}, but accepted within AWS's clock tolerance: do not count on it.`, {
    ...pair,
    next: 'Compare the clocks of issuer and service, and get tokens earlier.',
  })
}

function seconds(question: AcceptanceQuestion): number {
  return Math.floor(question.now.getTime() / 1000)
}

function iso(at: number): string {
  return Math.abs(at) > 8.64e12 ? `${at}` : new Date(at * 1000).toISOString()
}

/** `exp`, `iat` and `nbf` against the clock and AWS's tolerance. */
export const timeRules: readonly Rule[] = [expiryRule, issuedRule, notBeforeRule]
