import { algorithmRule, failed, keyIdRule, passed, shown, unknown, warned } from '@federate/core/rules'
import { headerType, signatureAlgorithm } from './refusals.ts'
import type { Rule } from './rule.ts'

// AzureAD/microsoft-identity-web#3467; of these only RS256 is documented (workload-identity-federation-considerations).
const untestedAlgorithms = ['RS384', 'RS512', 'PS256', 'PS384', 'PS512']

const algorithm = algorithmRule({
  verifier: 'Entra',
  algorithms: ['RS256'],
  refusal: signatureAlgorithm,
  otherwise(other) {
    if (!untestedAlgorithms.includes(other)) return undefined
    return warned('Microsoft supports RS256 only; others of the RSA family "may work, but haven’t been tested".', {
      expected: 'RS256',
      actual: shown(other),
      next: 'Have the issuer sign with RS256.',
    })
  },
})

const typeRule: Rule = {
  name: 'token-type',
  needs: [],
  check({ token: { header } }) {
    const type = header['typ']
    if (type === 'JWT' || type === 'http://openid.net/specs/jwt/1.0')
      return [passed('The token type is one that Entra accepts.', { actual: type })]
    if (type === undefined)
      return [
        unknown('Whether Entra accepts a header without typ is not documented.', {
          expected: 'JWT',
          actual: '(absent)',
          next: 'Have the issuer write typ JWT.',
        }),
      ]
    return [
      failed(headerType(), 'Entra does not accept this token type.', {
        expected: 'JWT',
        actual: shown(type),
        next: 'Have the issuer write typ JWT: in Keycloak, switch "Use RFC 9068 access token header type" off.',
      }),
    ]
  },
}

const keyId = keyIdRule((compared) =>
  unknown('Entra looks the key up by its id; what it does without one is not documented.', {
    ...compared,
    next: 'Have the issuer write a kid.',
  }),
)

/** The JOSE header (RFC 7515 section 4). */
export const headerRules: readonly Rule[] = [algorithm, typeRule, keyId]
