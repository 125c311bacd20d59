import { dateClaim } from '@federate/core'
import { type Finding, failed, passed, unknown, warned } from '@federate/core/rules'
import type { AcceptanceQuestion } from './question.ts'
import { tokenStale } from './refusals.ts'
import type { Rule } from './rule.ts'

/** "The lifetime must not exceed 24 hours" (Configure WIF with other identity providers); the STS reference says 48. */
const longestLifetime = 24 * 60 * 60

const issuedRule: Rule = {
  name: 'issued-at',
  needs: ['provider'],
  check(question) {
    const issued = seconds(question, 'iat')
    if (issued === undefined) return [missing(question, 'iat')]
    const now = present(question)
    const pair = { expected: `not later than ${iso(now)}`, actual: iso(issued) }
    if (issued <= now) return [passed('The token was issued in the past.', pair)]
    if (issued <= now + question.leeway) return [inLeeway('issued in the future', pair)]
    return [
      stale(question, 'The token was issued in the future.', { ...pair, next: 'Set the clock of the issuer right.' }),
    ]
  },
}

const expiryRule: Rule = {
  name: 'expiry',
  needs: ['provider'],
  check(question) {
    const expiry = seconds(question, 'exp')
    if (expiry === undefined) return [missing(question, 'exp')]
    const now = present(question)
    const pair = { expected: `later than ${iso(now)}`, actual: iso(expiry) }
    if (now < expiry) return [passed('The token has not expired.', pair)]
    if (now - question.leeway < expiry) return [inLeeway('expired', pair)]
    const next = 'Get a new token, and check the clock of this machine and the token lifespan of the client.'
    return [stale(question, 'The token has expired.', { ...pair, next })]
  },
}

const lifetimeRule: Rule = {
  name: 'lifetime',
  needs: ['issued-at', 'expiry'],
  check(question) {
    const lifetime = (seconds(question, 'exp') ?? 0) - (seconds(question, 'iat') ?? 0)
    const pair = { expected: `at most ${longestLifetime} seconds from iat to exp`, actual: `${lifetime} seconds` }
    if (lifetime <= longestLifetime) return [passed('The token does not live too long.', pair)]
    return [
      unknown(
        'Google’s guide allows tokens to live 24 hours, its STS reference 48, and one measurement saw it accept years.',
        {
          ...pair,
          next: 'Have the issuer give tokens of an hour at most; a service gets a new one whenever it needs it.',
        },
      ),
    ]
  },
}

const notBeforeRule: Rule = {
  name: 'not-before',
  needs: ['provider'],
  check(question) {
    const start = seconds(question, 'nbf')
    const now = present(question)
    if (start === undefined || start <= now) return [passed('The token is valid already.')]
    return [
      unknown('The token is not yet valid; whether Google looks at nbf is not documented.', {
        expected: `not later than ${iso(now)}`,
        actual: iso(start),
        next: 'Set the clock of the issuer right.',
      }),
    ]
  },
}

type Extra = NonNullable<Parameters<typeof failed>[2]>

function stale(question: AcceptanceQuestion, detail: string, extra: Extra): Finding {
  return failed(tokenStale(seconds(question, 'iat')), detail, extra)
}

function missing(question: AcceptanceQuestion, claim: string): Finding {
  return stale(question, `The token has no ${claim}, and Google wants it.`, {
    expected: `${claim} in seconds`,
    actual: '(absent)',
    next: `Have the issuer write ${claim}.`,
  })
}

function inLeeway(what: string, pair: Extra): Finding {
  return warned(
    `The token is ${what}, but accepted within Google's clock tolerance of about a minute: do not count on it.`,
    {
      ...pair,
      next: 'Compare the clocks of issuer and service, and get tokens earlier.',
    },
  )
}

function seconds({ token }: AcceptanceQuestion, claim: string): number | undefined {
  const date = dateClaim(token.claims, claim)
  return date === undefined ? undefined : Math.floor(date.getTime() / 1000)
}

function present({ now }: AcceptanceQuestion): number {
  return Math.floor(now.getTime() / 1000)
}

function iso(at: number): string {
  return new Date(at * 1000).toISOString()
}

/** `iat`, `exp` and `nbf` against the clock and Google's tolerance, and the time between them. */
export const timeRules: readonly Rule[] = [issuedRule, expiryRule, lifetimeRule, notBeforeRule]
