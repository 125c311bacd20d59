import { invalidToken } from '../refusal.ts'
import type { Question, Rule } from './rule.ts'
import { shown } from './values.ts'

/** RFC 8725 section 3.1: the verifier, not the token, decides which algorithms there are. */
export const algorithmRule: Rule = {
  name: 'algorithm',
  code: 'TOKEN_ALGORITHM',
  answer: invalidToken,
  objection: ({ header, terms }) => {
    const { alg } = header
    if (typeof alg === 'string' && terms.algorithms.includes(alg)) return undefined
    return {
      detail: 'The token is signed with an algorithm that is not accepted.',
      expected: terms.algorithms.join(' or '),
      actual: shown(alg),
      next: 'If the issuer signs with it by intention, name it in `algorithms`; in Keycloak the client’s "Access token signature algorithm" decides.',
    }
  },
  passed: ({ header }) => `${shown(header['alg'])} is accepted.`,
}

/**
 * Parameters by which a token would bring or point to its own key, name extensions, or wrap another token (RFC 8725
 * sections 3.8 and 3.10). No issuer of access tokens needs them.
 */
const refusedParameters = ['jku', 'jwk', 'x5u', 'crit', 'b64', 'zip', 'cty']

export const headerRule: Rule = {
  name: 'header',
  code: 'TOKEN_HEADER',
  answer: invalidToken,
  objection: ({ header }) => {
    const found = refusedParameters.filter((name) => Object.hasOwn(header, name))
    if (found.length === 0) return undefined
    return {
      detail: `The token’s header has ${found.join(', ')}, which no access token of a trusted issuer has.`,
      expected: 'alg, kid and typ',
      actual: found.join(', '),
      next: 'Find out who made this token: it is either not an access token or an attack.',
    }
  },
  passed: () => 'Nothing in the header points elsewhere or asks for an extension.',
}

/** Media types may be shortened by `application/`, and their case does not matter (RFC 7515 section 4.1.9). */
function typeOf({ header }: Question): string | undefined {
  const { typ } = header
  return typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : undefined
}

export const typeRule: Rule = {
  name: 'type',
  code: 'TOKEN_TYPE',
  answer: invalidToken,
  objection: (question) => {
    const expected = question.terms.profile === 'keycloak' ? 'jwt' : 'at+jwt'
    const found = typeOf(question)
    if (found === expected) return undefined
    return {
      detail: 'The type in the token’s header is not that of an access token of this profile.',
      expected: expected === 'jwt' ? 'JWT' : expected,
      actual: shown(question.header['typ']),
      next: nextOfType(found),
    }
  },
  passed: ({ header, terms }) => `typ ${shown(header['typ'])} is right for the profile ${terms.profile}.`,
}

function nextOfType(found: string | undefined): string {
  if (found === 'at+jwt') return 'Set `profile: "rfc9068"` for this issuer, if all its clients issue such tokens.'
  if (found === 'jwt')
    return 'Set `profile: "keycloak"`, or switch "Use at+jwt as access token header type" on in Keycloak.'
  return 'Send an access token.'
}
