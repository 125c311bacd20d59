import { algorithmRule, failed, keyIdRule } from '@federate/core/rules'
import { algorithms } from './jwks.ts'
import { issuerNotConnected, signatureNotVerified } from './refusals.ts'
import type { Rule } from './rule.ts'

/** The JOSE header (STS reference, ExchangeTokenRequest.subjectToken: "must contain alg and kid"). */
export const headerRules: readonly Rule[] = [
  algorithmRule({ verifier: 'Google', algorithms, refusal: signatureNotVerified }),
  keyIdRule((compared) =>
    failed(issuerNotConnected(), 'The header names no key, and Google wants one.', {
      ...compared,
      next: 'Have the issuer write a kid.',
    }),
  ),
]
