import { type Finding, failed, passed, type Refusal, unknown } from '@federate/core/rules'
import { secondsIn } from './claims.ts'
import type { AcceptanceQuestion } from './question.ts'
import { malformed, outsideTimeRange } from './refusals.ts'
import type { Rule } from './rule.ts'

const timestampRule: Rule = {
  name: 'timestamps',
  needs: ['required-claims'],
  check({ token: { claims } }) {
    const wrong = ['exp', 'nbf', 'iat'].find((name) => name in claims && secondsIn(claims, name) === undefined)
    if (wrong === undefined) return [passed('The timestamps are numbers.')]
    return [
      failed(malformed(), `The timestamp ${wrong} is not a number of seconds.`, {
        expected: 'seconds since the epoch',
        actual: JSON.stringify(claims[wrong]),
        next: `Have the issuer write ${wrong} as a number.`,
      }),
    ]
  },
}

const expiryRule: Rule = {
  name: 'expiry',
  needs: ['timestamps'],
  check(question) {
    const now = question.now.getTime() / 1000
    const expiry = secondsIn(question.token.claims, 'exp') ?? 0
    const pair = { expected: `later than ${iso(now)}`, actual: iso(expiry) }
    if (now < expiry) return [passed('The token has not expired.', pair)]
    if (now - question.leeway < expiry) return [undocumented('has expired', pair)]
    return [
      failed(timeRange(question), 'The token has expired.', {
        ...pair,
        next: 'Get a new token: SDKs keep the content of a token file for five minutes, so tokens should live for 20.',
      }),
    ]
  },
}

const startRule: Rule = {
  name: 'not-before',
  needs: ['timestamps'],
  check(question) {
    const now = question.now.getTime() / 1000
    const start = secondsIn(question.token.claims, 'nbf')
    if (start === undefined) return [passed('The token names no start.')]
    const pair = { expected: `not later than ${iso(now)}`, actual: iso(start) }
    if (start <= now) return [passed('The token is valid already.', pair)]
    if (start <= now + question.leeway) return [undocumented('is not yet valid', pair)]
    return [
      failed(timeRange(question), 'The token is not yet valid.', {
        ...pair,
        next: 'Set the clock of the issuer right.',
      }),
    ]
  },
}

function undocumented(what: string, pair: { expected: string; actual: string }): Finding {
  return unknown(`The token ${what}; how far Entra lets clocks differ is not documented.`, {
    ...pair,
    next: 'Compare the clocks of issuer and service, and get tokens earlier.',
  })
}

function timeRange({ token: { claims }, now }: AcceptanceQuestion): Refusal {
  const [from = 0, to = 0] = [secondsIn(claims, 'nbf'), secondsIn(claims, 'exp')]
  return outsideTimeRange(now.toISOString(), iso(from), iso(to))
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString()
}

/** `exp` and `nbf` against the clock. */
export const timeRules: readonly Rule[] = [timestampRule, expiryRule, startRule]
