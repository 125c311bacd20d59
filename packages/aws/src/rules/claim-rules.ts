import { type Finding, failed, passed, unknown } from '@federate/core/rules'
import { audienceList, subjectOf, timestampOf } from './claims.ts'
import { internalFailure, invalidToken, tokenNotValidated } from './refusals.ts'
import type { Rule } from './rule.ts'

const required = ['iss', 'sub', 'aud', 'iat', 'exp'] as const

const requiredRule: Rule = {
  name: 'required-claims',
  needs: [],
  check({ token: { claims } }) {
    const missing = required.find((name) => !(name in claims))
    if (missing === undefined) return [passed('The claims that AWS requires are there.')]
    return [
      failed(invalidToken(`Missing a required claim: ${missing}`), `The claim ${missing} is missing.`, {
        expected: required.join(', '),
        actual: required.filter((name) => name in claims).join(', ') || '(none of them)',
        next: missingAdvice(missing),
      }),
    ]
  },
}

function missingAdvice(name: string): string {
  if (name === 'sub') return 'In Keycloak, attach the client scope "basic", or one with a mapper for sub.'
  if (name === 'aud') return 'Ask the issuer for the audience of AWS: in Keycloak, attach the scope federate-aws.'
  return `Have the issuer write ${name}.`
}

const issuerShapeRule: Rule = {
  name: 'issuer-shape',
  needs: ['required-claims'],
  check({ token: { claims } }) {
    if (typeof claims['iss'] === 'string') return [passed('iss is a string.')]
    return [wrongShape('iss', 'a string', claims['iss'])]
  },
}

const subjectShapeRule: Rule = {
  name: 'subject-shape',
  needs: ['required-claims'],
  check({ token: { claims } }) {
    const subject = subjectOf(claims)
    if (subject !== undefined) return [passed('sub is usable.', { actual: subject })]
    if (claims['sub'] === null)
      return [failed(internalFailure(), 'sub is null.', { expected: 'a string', actual: 'null' })]
    return [
      unknown('What AWS does with such a sub is not documented.', {
        expected: 'a string',
        actual: JSON.stringify(claims['sub']),
      }),
    ]
  },
}

const audienceShapeRule: Rule = {
  name: 'audience-shape',
  needs: ['required-claims'],
  check({ token: { claims } }) {
    const values = audienceList(claims)
    if (values === undefined) return [wrongShape('aud', 'a string or a list of strings', claims['aud'])]
    if (values.length > 0) return [passed('aud is usable.')]
    return [
      failed(invalidToken('Claim is not allowed to be empty: aud'), 'aud is an empty list.', {
        expected: 'at least one audience',
        actual: '[]',
        next: 'Have the issuer write one audience.',
      }),
    ]
  },
}

const timestampRule: Rule = {
  name: 'timestamps',
  needs: ['required-claims'],
  check({ token: { claims } }) {
    const present = ['exp', 'iat', 'nbf'].filter((name) => name in claims)
    const wrong = present.find((name) => timestampOf(claims, name) === undefined)
    if (wrong === undefined) return [passed('The timestamps are whole seconds.')]
    return [
      failed(invalidToken('Invalid timestamp in token claims.'), `The timestamp ${wrong} is not a whole number.`, {
        expected: 'whole seconds since the epoch',
        actual: JSON.stringify(claims[wrong]),
        next: `Have the issuer write ${wrong} as an integer.`,
      }),
    ]
  },
}

function wrongShape(claim: string, expected: string, value: unknown): Finding {
  return failed(tokenNotValidated(), `${claim} has the wrong type.`, {
    expected,
    actual: JSON.stringify(value),
    next: `Have the issuer write ${claim} as ${expected}.`,
  })
}

/** Presence and type of the claims; what they say is asked later. */
export const claimRules: readonly Rule[] = [
  requiredRule,
  issuerShapeRule,
  subjectShapeRule,
  audienceShapeRule,
  timestampRule,
]
