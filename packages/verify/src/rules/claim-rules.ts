import { audiences, printable } from '@federate/core'
import { invalidToken } from '../refusal.ts'
import type { Objection, Question, Rule } from './rule.ts'
import { listed, shown } from './values.ts'

/** Keycloak says in the payload what a token is for: `Bearer`, `ID`, `Refresh`, `Offline`, `Logout`. */
export const kindRule: Rule = {
  name: 'kind',
  code: 'TOKEN_KIND',
  answer: invalidToken,
  objection: ({ claims, terms }) => {
    const { typ } = claims
    if (terms.profile === 'rfc9068' ? typ === undefined || typ === 'Bearer' : typ === 'Bearer') return undefined
    return {
      detail:
        typ === 'ID' ? 'This is an ID token, which tells a client about a login.' : 'This is not an access token.',
      expected: 'typ Bearer in the payload',
      actual: shown(typ),
      next: 'Send the access_token of the token response; for an issuer that is no Keycloak, set `profile: "rfc9068"`.',
    }
  },
  passed: () => 'It is an access token.',
}

/** RFC 9068 section 2.2 for its profile; what Keycloak puts into every token of a client for the other. */
const requiredClaims = {
  keycloak: { texts: ['azp'], numbers: ['exp', 'iat'] },
  rfc9068: { texts: ['sub', 'client_id', 'jti'], numbers: ['exp', 'iat'] },
} as const

export const requiredClaimsRule: Rule = {
  name: 'required claims',
  code: 'TOKEN_CLAIMS',
  answer: invalidToken,
  objection: ({ claims, terms }) => {
    const { texts, numbers } = requiredClaims[terms.profile]
    const text = texts.find((name) => typeof claims[name] !== 'string' || claims[name] === '')
    if (text !== undefined) return wrongClaim(text, 'a text', claims[text])
    const number = numbers.find((name) => !isDate(claims[name]))
    if (number !== undefined) return wrongClaim(number, 'a number of seconds', claims[number])
    if (claims['nbf'] !== undefined && !isDate(claims['nbf'])) {
      return wrongClaim('nbf', 'a number of seconds', claims['nbf'])
    }
    return undefined
  },
  passed: ({ terms }) => {
    const { texts, numbers } = requiredClaims[terms.profile]
    return `${[...texts, ...numbers].join(', ')} are there.`
  },
}

function isDate(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value)
}

function wrongClaim(name: string, expected: string, value: unknown): Objection {
  const kind = typeof value === 'string' ? `the text "${printable(value)}"` : shown(value)
  return {
    detail: value === undefined ? `The claim ${name} is missing.` : `The claim ${name} is of the wrong type.`,
    expected: `${name}: ${expected}`,
    actual: kind,
    next: 'Check the mappers of the client and its scopes, and that the profile is that of the issuer.',
  }
}

export const audienceRule: Rule = {
  name: 'audience',
  code: 'TOKEN_AUDIENCE',
  answer: invalidToken,
  objection: ({ claims, terms }) => {
    const found = audiences(claims)
    const wellFormed = typeof claims['aud'] === 'string' || isListOfTexts(claims['aud'])
    if (wellFormed && found.some((audience) => terms.audiences.includes(audience))) return undefined
    return {
      detail: wellFormed ? 'The token is for another audience.' : 'The token names no audience.',
      expected: terms.audiences.join(' or '),
      actual: wellFormed ? listed(found) : shown(claims['aud']),
      next: `Ask for the token with the scope that brings this audience: scope=${terms.audiences[0]}.`,
    }
  },
  passed: ({ claims }) => `aud is ${listed(audiences(claims))}.`,
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}

/** The audiences by which clouds take tokens in exchange for credentials, in all their partitions. */
const cloudAudiences =
  /^sts\.amazonaws\.com(\.cn)?$|^(https:)?\/\/iam\.googleapis\.com\/|^(https:\/\/)?sts\.googleapis\.com$|^api:\/\/AzureADTokenExchange/

/** Whether a cloud takes tokens for this audience in exchange for credentials. */
export function isCloudAudience(audience: string): boolean {
  return cloudAudiences.test(audience)
}

/**
 * A token that a cloud accepts is as good as that cloud's credentials, and has no business in a request to an API: who
 * gets it there could exchange it.
 */
export const cloudTokenRule: Rule = {
  name: 'cloud token',
  code: 'TOKEN_FOR_CLOUD',
  answer: invalidToken,
  objection: ({ claims }) => {
    const named = [...audiences(claims), claims['azp'], claims['client_id']]
    const cloud = named.find((value) => typeof value === 'string' && isCloudAudience(value))
    if (cloud === undefined) return undefined
    return {
      detail: 'The token is one that a cloud would exchange for credentials, and was sent to an API.',
      expected: 'a token for this API alone',
      actual: shown(cloud),
      next: 'Ask for a token of its own for this API, without the scope of the cloud, and treat this one as leaked.',
    }
  },
  passed: () => 'No cloud would take it.',
}

/** The client that a token was issued to: `azp` at Keycloak, `client_id` by RFC 9068. */
export function clientOf({ claims, terms }: Pick<Question, 'claims' | 'terms'>): string | undefined {
  const client = terms.profile === 'keycloak' ? claims['azp'] : claims['client_id']
  return typeof client === 'string' ? client : undefined
}
