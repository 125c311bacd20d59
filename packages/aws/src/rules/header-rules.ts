import { algorithmRule, failed, keyIdRule, passed, shown, unknown, warned } from '@federate/core/rules'
import { tokenNotAJwt, tokenNotValidated } from './refusals.ts'
import type { Rule } from './rule.ts'

// botocore, sts 2011-06-15, AssumeRoleWithWebIdentityRequest: "must be signed with either RSA keys … or ECDSA keys".
const algorithms = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512']

const keyId = keyIdRule((compared) =>
  warned('The header names no key: AWS accepts that only while the issuer publishes a single one.', {
    ...compared,
    next: 'Have the issuer write a kid, or the next key rotation breaks this token.',
  }),
)

const criticalRule: Rule = {
  name: 'critical-header',
  needs: [],
  check({ token: { header } }) {
    if (header['crit'] === undefined) return [passed('The header asks for no extension.')]
    return [
      failed(tokenNotAJwt(), 'AWS refuses a header with crit.', {
        expected: 'no crit in the header',
        actual: shown(header['crit']),
        next: 'Have the issuer leave crit out.',
      }),
    ]
  },
}

const typeRule: Rule = {
  name: 'token-type',
  needs: [],
  check({ token: { header } }) {
    const type = header['typ']
    if (type === undefined || type === 'JWT') return [passed('The token type is one that AWS accepts.')]
    return [
      unknown('Whether AWS accepts this token type is not documented.', {
        expected: 'JWT',
        actual: shown(type),
        next: 'Have the issuer write typ JWT: in Keycloak, switch "Use RFC 9068 access token header type" off.',
      }),
    ]
  },
}

/** The JOSE header (RFC 7515 section 4). */
export const headerRules: readonly Rule[] = [
  algorithmRule({ verifier: 'AWS', algorithms, refusal: tokenNotValidated }),
  keyId,
  criticalRule,
  typeRule,
]
