import { invalidToken, Refusal } from './refusal.ts'
import type { Objection, Rule } from './rules/rule.ts'
import { listed, shown } from './rules/values.ts'

/** The refusal of a token that some rule objects to. */
export function refusalBy(rule: Rule, { detail, expected, actual, next }: Objection): Refusal {
  const values = expected === undefined ? '' : ` Expected: ${expected}; actual: ${actual ?? 'nothing'}.`
  return new Refusal({
    code: rule.code,
    problem: `${detail}${values}`,
    next,
    answer: rule.answer,
    details: { rule: rule.name, ...(expected === undefined ? {} : { expected, actual }) },
  })
}

export function untrustedIssuer(iss: unknown, trusted: readonly string[]): Refusal {
  return new Refusal({
    code: 'TOKEN_ISSUER',
    problem: `The token is by another issuer. Expected: ${trusted.join(' or ')}; actual: ${shown(iss)}.`,
    next: hintOnIssuer(iss, trusted),
    answer: invalidToken,
    details: { rule: 'issuer', expected: trusted, actual: shown(iss) },
  })
}

/** The issuers that are the same to people, but not to RFC 8414. */
function hintOnIssuer(iss: unknown, trusted: readonly string[]): string {
  const plain = (url: string) =>
    url
      .toLowerCase()
      .replace(/\/+$/, '')
      .replace(/\/auth(?=\/realms\/)/, '')
  const meant = typeof iss === 'string' ? trusted.find((one) => plain(one) === plain(iss)) : undefined
  if (meant === undefined) return 'Add the issuer to the list, with its audience, if its tokens are to be accepted.'
  return `It differs from ${meant} only in letters' case, a slash or /auth: give the issuer exactly as its tokens do.`
}

export function keyUnknown(id: string | undefined, issuer: string): Refusal {
  return new Refusal({
    code: 'TOKEN_KEY_UNKNOWN',
    problem: `The token is signed by a key that ${issuer} does not have: its kid is ${shown(id)}.`,
    next: 'Ask for a new token: the key was taken away, or the token was made by somebody else.',
    answer: invalidToken,
    details: { rule: 'key', kid: shown(id) },
  })
}

export function keyUnfit(id: unknown, algorithm: string, issuer: string): Refusal {
  return new Refusal({
    code: 'TOKEN_KEY_UNFIT',
    problem: `No key of ${issuer} with the kid ${shown(id)} is for ${listed([algorithm])}.`,
    next: 'Look at the keys of the issuer: kid and alg of the token must be those of one key.',
    answer: invalidToken,
    details: { rule: 'key', kid: shown(id), algorithm },
  })
}

export function signatureWrong(id: string | undefined, issuer: string, cause?: unknown): Refusal {
  return new Refusal({
    code: 'TOKEN_SIGNATURE',
    problem: `The signature of the token is not by the key ${shown(id)} of ${issuer}.`,
    next: 'The token was changed or forged, or a line break got into it on the way.',
    answer: invalidToken,
    details: { rule: 'signature' },
    cause,
  })
}
