import { Token } from '@federate/core'
import { describe, expect, it } from 'vitest'
import { answered } from './answer.test-kit.ts'
import * as refusals from './rules/refusals.ts'
import { fromStsAnswer } from './sts-errors.ts'
import type { Cause } from './sts-refusals.ts'

const now = new Date('2026-11-21T12:00:00Z')
const seconds = now.getTime() / 1000
const target = {
  provider: 'projects/123456789012/locations/global/workloadIdentityPools/keycloak/providers/prod',
  audience: 'sts.googleapis.com',
  subject: 'service-account-billing',
}
const claims = {
  iss: 'https://kc.example.com/realms/prod',
  sub: 'service-account-billing',
  aud: 'sts.googleapis.com',
  iat: seconds - 60,
  exp: seconds + 600,
}
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

function explained(answer: { code: string; message: string }, change: object = {}, found?: Cause) {
  const text = `${part({ alg: 'RS256', kid: 'k1' })}.${part({ ...claims, ...change })}.c2lnbmF0dXJl`
  const token = new Token(text, new Date(now.getTime() + 600_000))
  const body = { error: answer.code, error_description: answer.message }
  return fromStsAnswer(answered(400, body), { target, token, now, found })
}

describe('fromStsAnswer explains', () => {
  const table = [
    [
      'a missing provider',
      explained(refusals.invalidTarget()),
      'GCP_NO_PROVIDER',
      /deleted ones keep their name for 30 days/,
    ],
    [
      'a wrong name',
      explained(refusals.invalidAudienceParameter()),
      'GCP_PROVIDER_NAME',
      /is not the name of a provider/,
    ],
    [
      'another audience',
      explained(refusals.audienceMismatch(['account']), { aud: 'account' }),
      'GCP_TOKEN_AUDIENCE',
      /aud is "account", this target's audience is "sts.googleapis.com"/,
    ],
    [
      'the right audience at a provider that differs',
      explained(refusals.audienceMismatch(['sts.googleapis.com'])),
      'GCP_TOKEN_AUDIENCE',
      /so the provider allows another audience/,
    ],
    [
      'another issuer',
      explained(refusals.issuerMismatch(claims.iss, 'https://kc.example.com/realms/test')),
      'GCP_TOKEN_ISSUER',
      /iss is "https:\/\/kc.example.com\/realms\/prod", the provider has "https:\/\/kc.example.com\/realms\/test"/,
    ],
    [
      'an issuer in the older words',
      explained({
        code: 'invalid_grant',
        message: 'The issuer in ID Token x does not match the expected ones: https://a/',
      }),
      'GCP_TOKEN_ISSUER',
      /the provider has "https:\/\/a\/"/,
    ],
    [
      'an issuer that is not connected',
      explained(refusals.issuerNotConnected()),
      'GCP_ISSUER_NOT_CONNECTED',
      /names kid "k1"/,
    ],
    ['a wrong signature', explained(refusals.signatureNotVerified()), 'GCP_TOKEN_SIGNATURE', /key with kid "k1"/],
    [
      'an expired token',
      explained(refusals.tokenStale(1), { exp: seconds - 100 }),
      'GCP_TOKEN_EXPIRED',
      /exp is 2026-11-21T11:58:20.000Z and it is 2026-11-21T12:00:00.000Z now/,
    ],
    [
      'a token of tomorrow',
      explained(refusals.tokenStale(1), { iat: seconds + 300 }),
      'GCP_TOKEN_EXPIRED',
      /the issuer's clock is ahead/,
    ],
    ['a token without exp', explained(refusals.tokenStale(1), { exp: undefined }), 'GCP_TOKEN_EXPIRED', /has no exp/],
    ['clocks that differ', explained(refusals.tokenStale(1)), 'GCP_TOKEN_EXPIRED', /clock is behind Google's/],
    ['what is no token', explained(refusals.tokenNotAJwt()), 'GCP_TOKEN_NOT_A_JWT', /a line break at the end/],
    [
      'another service',
      explained(refusals.conditionRejected(), { sub: 'service-account-reports' }),
      'GCP_CONDITION',
      /sub is "service-account-reports", this target's subject is "service-account-billing"/,
    ],
    ['the right service', explained(refusals.conditionRejected()), 'GCP_CONDITION', /attribute condition is not true/],
    [
      'a mapping to a comparison',
      explained(refusals.attributeOfWrongType('google.subject', 'STRING')),
      'GCP_ATTRIBUTE_TYPE',
      /mapping of google.subject gives something that is no STRING/,
    ],
    [
      'a claim that is absent',
      explained(refusals.subjectNotObtained()),
      'GCP_NO_SUBJECT',
      /claims are iss, sub, aud, iat, exp/,
    ],
    [
      'a long subject',
      explained(refusals.subjectTooLong(), { sub: 's'.repeat(130) }),
      'GCP_SUBJECT_TOO_LONG',
      /may have 127 bytes; .* has 130/,
    ],
    ['large attributes', explained(refusals.attributesTooLarge()), 'GCP_ATTRIBUTES_TOO_LARGE', /may have 8 KB/],
    ['what is in no table', explained({ code: 'invalid_scope', message: 'No.' }), 'GCP_REFUSED', /invalid_scope: No\./],
  ] as const

  it.each(table)('%s', (_, error, code, message) => {
    expect(error).toMatchObject({ code, outcome: 'refused', problem: expect.stringMatching(message) })
    expect(error.problem).toContain(`Google STS refused the token for ${target.provider}`)
    expect(error.next).toMatch(/\.$/)
    expect(error.message).not.toContain('c2lnbmF0dXJl')
  })

  it('a throttled project and a server that fails, as what may pass', () => {
    const quota = { error: 'quota_exceeded', error_description: 'The request was throttled due to rate limit' }
    const token = new Token('x', now)
    expect(fromStsAnswer(answered(429, quota), { target, token, now })).toMatchObject({
      code: 'GCP_THROTTLED',
      outcome: 'unreachable',
      details: { transient: true },
    })
    expect(fromStsAnswer(answered(500, 'Internal'), { target, token, now })).toMatchObject({ code: 'GCP_UNREACHABLE' })
  })

  it('a proxy’s page, which is none of Google’s answers', () => {
    const error = fromStsAnswer(answered(403, '<html>blocked</html>'), { target, token: new Token('x', now), now })
    expect(error).toMatchObject({ code: 'GCP_UNREACHABLE', problem: 'Google STS could not be asked: HTTP 403.' })
  })

  it('what somebody found out about the issuer, instead of what it may be', () => {
    const found = { because: 'The host is private.', next: 'Upload the keys.' }
    const error = explained(refusals.issuerNotConnected(), {}, found)
    expect(error.problem).toContain('The host is private.')
    expect(error).toMatchObject({ next: 'Upload the keys.', details: { propagating: false } })
    expect(explained(refusals.conditionRejected(), {}, found).problem).not.toContain('private')
  })

  it('which refusals pass by themselves after a change', () => {
    expect(explained(refusals.invalidTarget()).details['propagating']).toBe(true)
    expect(explained(refusals.subjectTooLong()).details['propagating']).toBe(false)
  })
})
