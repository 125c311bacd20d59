import { failed, passed, shown } from '@federate/core/rules'
import { algorithms } from './jwks.ts'
import { issuerNotConnected, signatureNotVerified } from './refusals.ts'
import type { Rule } from './rule.ts'

const algorithmRule: Rule = {
  name: 'algorithm',
  needs: [],
  check({ token: { header } }) {
    const actual = shown(header['alg'])
    const usable: readonly unknown[] = algorithms
    if (usable.includes(header['alg'])) return [passed(`Google verifies ${actual}.`, { actual })]
    return [
      failed(signatureNotVerified(), 'Google does not verify this signature algorithm.', {
        expected: algorithms.join(' or '),
        actual,
        next: 'Have the issuer sign with RS256: in Keycloak the client’s "Access token signature algorithm".',
      }),
    ]
  },
}

const keyIdRule: Rule = {
  name: 'key-id',
  needs: [],
  check({ token: { header } }) {
    const keyId = header['kid']
    if (typeof keyId === 'string' && keyId !== '') return [passed('The header names its key.', { actual: keyId })]
    return [
      failed(issuerNotConnected(), 'The header names no key, and Google wants one.', {
        expected: 'a kid in the header',
        actual: shown(keyId),
        next: 'Have the issuer write a kid.',
      }),
    ]
  },
}

/** The JOSE header (STS reference, ExchangeTokenRequest.subjectToken: "must contain alg and kid"). */
export const headerRules: readonly Rule[] = [algorithmRule, keyIdRule]
