import { failed, passed, warned } from '@federate/core/rules'
import { keyNotRetrieved, tokenNotValidated, verificationKeyMissing } from './refusals.ts'
import type { Rule } from './rule.ts'

const signatureRule: Rule = {
  name: 'signature',
  needs: ['algorithm', 'critical-header', 'provider'],
  check({ token: { signature } }) {
    if (signature.state === 'valid') return [passed('The signature was verified with the issuer’s key.')]
    if (signature.state === 'unchecked')
      return [warned('The signature was not checked here; AWS checks it with the keys that the issuer publishes.')]
    if (signature.reason === keyNotRetrieved)
      return [
        failed(verificationKeyMissing(), signature.reason, {
          next: 'Check that discovery and jwks_uri are public, answer within five seconds, and list the token’s kid.',
        }),
      ]
    return [
      failed(tokenNotValidated(), `The signature does not hold: ${signature.reason}`, {
        next: 'Get a new token from the issuer, and check that nothing changes it on the way.',
      }),
    ]
  },
}

/** Checking a signature is work; here only its result is judged. */
export const signatureRules: readonly Rule[] = [signatureRule]
