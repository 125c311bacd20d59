import { type Finding, failed, passed } from '@federate/core/rules'
import { audienceList } from './claims.ts'
import { malformed, ownToken, severalAudiences } from './refusals.ts'
import type { Rule } from './rule.ts'

const required = ['iss', 'sub', 'aud', 'exp'] as const

const requiredRule: Rule = {
  name: 'required-claims',
  needs: [],
  check({ token: { claims } }) {
    const missing = required.find((name) => !(name in claims))
    if (missing === undefined) return [passed('The claims that Entra compares are there.')]
    return [
      failed(malformed(), `The claim ${missing} is missing.`, {
        expected: required.join(', '),
        actual: required.filter((name) => name in claims).join(', ') || '(none of them)',
        next: missingAdvice(missing),
      }),
    ]
  },
}

function missingAdvice(name: string): string {
  if (name === 'sub') return 'In Keycloak, attach the client scope "basic", or one with a mapper for sub.'
  if (name === 'aud') return 'Ask the issuer for the audience of Azure: in Keycloak, attach the scope federate-azure.'
  return `Have the issuer write ${name}.`
}

const shapeRule: Rule = {
  name: 'claim-shapes',
  needs: ['required-claims'],
  check({ token: { claims } }) {
    const wrong = (['iss', 'sub'] as const).find((name) => typeof claims[name] !== 'string' || claims[name] === '')
    if (wrong !== undefined) return [wrongShape(wrong, 'a string that is not empty', claims[wrong])]
    const audiences = audienceList(claims)
    if (audiences === undefined || audiences.length === 0)
      return [wrongShape('aud', 'a string, or a list of one', claims['aud'])]
    return [passed('iss, sub and aud are texts.')]
  },
}

function wrongShape(claim: string, expected: string, value: unknown): Finding {
  return failed(malformed(), `${claim} is not what Entra can compare.`, {
    expected,
    actual: JSON.stringify(value),
    next: `Have the issuer write ${claim} as ${expected}.`,
  })
}

const oneAudienceRule: Rule = {
  name: 'one-audience',
  needs: ['claim-shapes'],
  check({ token: { claims } }) {
    const audiences = audienceList(claims) ?? []
    if (audiences.length <= 1) return [passed('The token is for one audience.')]
    return [
      failed(severalAudiences(audiences.length), 'The token is for several audiences, and Entra takes one.', {
        expected: 'one audience',
        actual: audiences.join(', '),
        next: 'Ask for a token for Azure alone: in Keycloak, switch "Full scope allowed" off and take the scope "roles" away, which adds "account".',
      }),
    ]
  },
}

const entraIssuer =
  /^https:\/\/(?:login\.microsoftonline\.(?:com|us)|login\.partner\.microsoftonline\.cn|sts\.windows\.net)(?:\/|$)/i

const ownTokenRule: Rule = {
  name: 'foreign-token',
  needs: ['claim-shapes'],
  check({ token: { claims } }) {
    const issuer = String(claims['iss'])
    if (!entraIssuer.test(issuer)) return [passed('The token is not one of Entra’s own.')]
    return [
      failed(ownToken(), 'Entra does not take its own tokens for those of a federated issuer.', {
        expected: 'a token of another issuer',
        actual: issuer,
        next: 'Send the token of Keycloak, or of another issuer outside Entra.',
      }),
    ]
  },
}

/** Presence and shape of the claims; what they say is asked later. */
export const claimRules: readonly Rule[] = [requiredRule, shapeRule, oneAudienceRule, ownTokenRule]
