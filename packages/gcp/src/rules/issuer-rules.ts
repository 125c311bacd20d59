import { failed, passed } from '@federate/core/rules'
import { issuerMismatch } from './refusals.ts'
import type { Rule } from './rule.ts'

const issuerRule: Rule = {
  name: 'issuer',
  needs: ['provider'],
  check({ token, provider }) {
    const issuer = token.claims['iss']
    const expected = provider?.issuerUri ?? ''
    const actual = typeof issuer === 'string' ? issuer : 'null'
    if (issuer === expected) return [passed('The provider trusts the issuer of the token.', { expected, actual })]
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
  if (actual.replace(/\/+$/, '') === expected.replace(/\/+$/, ''))
    return 'The two differ by the slash at the end: give the provider the exact iss of the tokens.'
  if (actual.toLowerCase() === expected.toLowerCase())
    return 'The two differ in upper and lower case: give the provider the exact iss of the tokens.'
  return 'Use a token of the issuer that the provider names, or give the provider the exact iss of the tokens.'
}

/** `iss` must be the provider's issuer URI, letter by letter. */
export const issuerRules: readonly Rule[] = [issuerRule]
