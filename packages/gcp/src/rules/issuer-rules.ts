import { failed, isLoopbackIssuer, passed, unknown, warned } from '@federate/core/rules'
import { issuerMismatch } from './refusals.ts'
import type { Rule } from './rule.ts'

const issuerRule: Rule = {
  name: 'issuer',
  needs: ['provider'],
  check({ token, provider }) {
    const issuer = token.claims['iss']
    const expected = provider?.issuerUri ?? ''
    const actual = typeof issuer === 'string' ? issuer : 'null'
    if (issuer === expected && isLoopbackIssuer(actual))
      return [warned('An issuer on loopback is accepted by the sandbox only: Google cannot.')]
    if (issuer === expected) return [passed('The provider trusts the issuer of the token.', { expected, actual })]
    // Google's own guide gives GitHub's issuer with a slash, and GitHub's tokens have none.
    if (expected === `${actual}/`)
      return [
        passed('The provider trusts the issuer of the token; Google leaves out a slash at its end.', {
          expected,
          actual,
        }),
      ]
    if (actual === `${expected}/`)
      return [
        unknown(
          'The issuer of the token ends with a slash, and that of the provider does not; whether Google minds is not documented.',
          {
            expected,
            actual,
            next: 'Give the provider the exact iss of the tokens.',
          },
        ),
      ]
    return [
      failed(issuerMismatch(actual, expected), 'The issuer of the token is not the one of the provider.', {
        expected,
        actual,
        next: advice(actual, expected),
      }),
    ]
  },
}

function advice(actual: string, expected: string): string {
  if (actual.toLowerCase() === expected.toLowerCase())
    return 'The two differ in upper and lower case: give the provider the exact iss of the tokens.'
  return 'Use a token of the issuer that the provider names, or give the provider the exact iss of the tokens.'
}

/** `iss` must be the provider's issuer URI, letter by letter. */
export const issuerRules: readonly Rule[] = [issuerRule]
