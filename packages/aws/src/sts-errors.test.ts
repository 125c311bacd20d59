import { Token } from '@federate/core'
import { describe, expect, it } from 'vitest'
import { isPropagating } from './propagation.ts'
import { fromStsError } from './sts-errors.ts'
import type { AwsRuntime } from './target.ts'

const now = new Date('2026-11-21T12:00:00Z')
const roleArn = 'arn:aws:iam::123456789012:role/federate/acme/billing'
const runtime: AwsRuntime = {
  cloud: 'aws',
  roleArn,
  audience: 'sts.amazonaws.com',
  subject: 'service-account-billing',
  durationSeconds: 7200,
}
const claims = {
  iss: 'https://keycloak.example.com/realms/prod',
  sub: 'service-account-billing',
  aud: 'sts.amazonaws.com',
  azp: 'sts.amazonaws.com',
  iat: now.getTime() / 1000 - 60,
  exp: now.getTime() / 1000 + 600,
}

function tokenOf(change: Record<string, unknown> = {}): Token {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const value = `${part({ alg: 'RS256', kid: '1' })}.${part({ ...claims, ...change })}.c2lnbmF0dXJl`
  return new Token(value, new Date(now.getTime() + 600_000))
}

function answered(code: string, message: string, status = 400): Error {
  const $metadata = { httpStatusCode: status, requestId: 'request-1' }
  return Object.assign(new Error(message), { name: code, Code: code, $fault: 'client', $metadata })
}

function explained(error: unknown, change: Record<string, unknown> = {}, target: Partial<AwsRuntime> = {}) {
  return fromStsError(error, { runtime: { ...runtime, ...target }, token: tokenOf(change), now })
}

const refusedFor = `AWS STS refused the token for the role ${roleArn}`
const notAuthorized = answered('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 403)
const audience = answered('InvalidIdentityToken', 'Incorrect token audience')

describe('fromStsError names the likeliest cause of', () => {
  it.each([
    {
      what: 'another subject',
      error: explained(notAuthorized, { sub: 'service-account-reporting' }),
      code: 'AWS_NOT_AUTHORIZED',
      message: `${refusedFor}: AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity. The token's sub is "service-account-reporting", this target's subject is "service-account-billing". Check which service this token belongs to, and whether the service file is the newest. \`federate explain aws\` shows every rule that AWS applies.`,
      pair: { expected: 'service-account-billing', actual: 'service-account-reporting' },
    },
    {
      what: 'the right subject',
      error: explained(notAuthorized),
      code: 'AWS_NOT_AUTHORIZED',
      message: `${refusedFor}: AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity. The token's sub is "service-account-billing", as this target has it, so the role does not exist, or its trust policy differs from federate.yaml. Run \`federate plan aws\` to see how the role differs.`,
      pair: { expected: 'service-account-billing', actual: 'service-account-billing' },
    },
    {
      what: 'a subject where nobody knows which one is expected',
      error: explained(notAuthorized, {}, { subject: undefined }),
      code: 'AWS_NOT_AUTHORIZED',
      message: `${refusedFor}: AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity. The role's trust policy does not admit the token's sub "service-account-billing" with this audience, or there is no such role. Run \`federate explain aws\` with this token to see every rule that AWS applies.`,
      pair: { actual: 'service-account-billing' },
    },
    {
      what: 'another azp',
      error: explained(audience, { azp: 'billing' }),
      code: 'AWS_TOKEN_AUDIENCE',
      message: `${refusedFor}: InvalidIdentityToken: Incorrect token audience. The token's azp is "billing", this target's audience is "sts.amazonaws.com" (AWS matches azp and does not look at aud where there is one). Ask the issuer for a token for "sts.amazonaws.com" (Keycloak: attach the client scope federate-aws), or see every rule with \`federate explain aws\`. Where the provider has another audience by now, the service file is old: \`federate setup aws\` writes it anew.`,
      pair: { expected: 'sts.amazonaws.com', actual: 'billing' },
    },
    {
      what: 'another aud, in the newer words',
      error: explained(answered('InvalidIdentityToken', 'The web identity token provided could not be validated.'), {
        azp: undefined,
        aud: ['api://orders'],
      }),
      code: 'AWS_TOKEN_AUDIENCE',
      message: `${refusedFor}: InvalidIdentityToken: The web identity token provided could not be validated. The token's aud is "api://orders", this target's audience is "sts.amazonaws.com". Ask the issuer for a token for "sts.amazonaws.com" (Keycloak: attach the client scope federate-aws), or see every rule with \`federate explain aws\`. Where the provider has another audience by now, the service file is old: \`federate setup aws\` writes it anew.`,
      pair: { expected: 'sts.amazonaws.com', actual: 'api://orders' },
    },
    {
      what: 'several aud without azp',
      error: explained(audience, { azp: undefined, aud: ['sts.amazonaws.com', 'account'] }),
      code: 'AWS_TOKEN_AUDIENCE',
      message: `${refusedFor}: InvalidIdentityToken: Incorrect token audience. The token has no azp and several audiences (aud is sts.amazonaws.com, account); AWS takes such a token for none of them. Ask the issuer for a token with aud "sts.amazonaws.com" alone.`,
      pair: { expected: 'sts.amazonaws.com', actual: 'sts.amazonaws.com, account' },
    },
    {
      what: 'a provider without the client id',
      error: explained(audience),
      code: 'AWS_TOKEN_AUDIENCE',
      message: `${refusedFor}: InvalidIdentityToken: Incorrect token audience. The token's azp is "sts.amazonaws.com", as this target has it. So either the provider in account 123456789012 does not have it in its client ids, or the token's signature or algorithm does not hold. Run \`federate plan aws\` to see how the provider differs (where it does not, the service file is old, and \`federate setup aws\` writes it anew), and \`federate explain aws\` with --jwks to check the signature.`,
      pair: { expected: undefined, actual: undefined },
    },
    {
      what: 'no provider',
      error: explained(
        answered('InvalidIdentityToken', 'No OpenIDConnect provider found in your account for https://x'),
      ),
      code: 'AWS_NO_PROVIDER',
      message: `${refusedFor}: InvalidIdentityToken: No OpenIDConnect provider found in your account for https://x. Account 123456789012, where the role is, has no identity provider for exactly the token's iss "https://keycloak.example.com/realms/prod": letter case, path and a trailing slash all count. Run \`federate setup aws\` for that account, and check that the service uses the same issuer URL as federate.yaml.`,
      pair: { actual: 'https://keycloak.example.com/realms/prod' },
    },
    {
      what: 'an unreachable issuer',
      error: explained(
        answered('InvalidIdentityToken', "Couldn't retrieve verification key from your identity provider"),
      ),
      code: 'AWS_VERIFICATION_KEY',
      message: `${refusedFor}: InvalidIdentityToken: Couldn't retrieve verification key from your identity provider. AWS could not get the key that signed the token from its issuer "https://keycloak.example.com/realms/prod": the issuer is not reachable from the internet, took longer than 5 seconds, or publishes no key with the token's kid. Open https://keycloak.example.com/realms/prod/.well-known/openid-configuration and its jwks_uri from outside your network; both must be public.`,
      pair: { transient: true },
    },
    {
      what: 'a token that has expired',
      error: explained(answered('ExpiredTokenException', 'Token expired: current date/time must be before'), {
        exp: now.getTime() / 1000 - 400,
      }),
      code: 'AWS_TOKEN_EXPIRED',
      message: `${refusedFor}: ExpiredTokenException: Token expired: current date/time must be before. The token's exp is 2026-11-21T11:53:20.000Z and it is 2026-11-21T12:00:00.000Z now. Get a new token: \`federate token\`, or see why its file is not renewed.`,
      pair: { expected: '2026-11-21T12:00:00.000Z', actual: '2026-11-21T11:53:20.000Z' },
    },
    {
      what: 'a token that has expired only for AWS',
      error: explained(answered('ExpiredTokenException', 'Token expired')),
      code: 'AWS_TOKEN_EXPIRED',
      message: `${refusedFor}: ExpiredTokenException: Token expired. The token's exp is 2026-11-21T12:10:00.000Z and it is 2026-11-21T12:00:00.000Z here, so this machine's or the issuer's clock is behind AWS's, or the token was issued too long ago. Set the clocks (NTP).`,
      pair: { actual: '2026-11-21T12:10:00.000Z' },
    },
    {
      what: 'a token from the future',
      error: explained(answered('InvalidIdentityToken', 'Token issued in the future'), {
        iat: now.getTime() / 1000 + 600,
      }),
      code: 'AWS_TOKEN_TIME',
      message: `${refusedFor}: InvalidIdentityToken: Token issued in the future. The token is valid from 2026-11-21T12:10:00.000Z, and it is 2026-11-21T12:00:00.000Z here: the issuer's clock is more than five minutes ahead of AWS's. Set the issuer's clock (NTP).`,
      pair: { actual: '2026-11-21T12:10:00.000Z' },
    },
    {
      what: 'a missing claim',
      error: explained(answered('InvalidIdentityToken', 'Missing a required claim: sub'), { sub: undefined }),
      code: 'AWS_TOKEN_CLAIM',
      message: `${refusedFor}: InvalidIdentityToken: Missing a required claim: sub. The token has no claim "sub"; AWS wants iss, sub, aud, iat and exp. Have the issuer put "sub" into the token (Keycloak: the client scopes basic and federate-aws).`,
      pair: { expected: 'sub' },
    },
    {
      what: 'too long a session',
      error: explained(
        answered('ValidationError', 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.'),
      ),
      code: 'AWS_DURATION',
      message: `${refusedFor}: ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role. The service asks for 7200 seconds, more than the role's maximum session duration. Raise the target's maxSessionDuration in federate.yaml and run \`federate setup aws\`, or ask for less.`,
      pair: { actual: '7200 seconds' },
    },
    {
      what: 'what is in no table',
      error: explained(answered('ValidationError', "1 validation error detected: Value at 'roleArn'")),
      code: 'AWS_REFUSED',
      message: `${refusedFor}: ValidationError: 1 validation error detected: Value at 'roleArn'. Run \`federate explain aws\` with this token to see every rule that AWS applies.`,
      pair: { roleArn },
    },
  ])('$what', ({ error, code, message, pair }) => {
    expect(error).toMatchObject({ code, outcome: 'refused', message })
    expect(error.details).toMatchObject({ ...pair, requestId: 'request-1' })
  })

  it.each([
    ['thumbprint', "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint", 'AWS_THUMBPRINT'],
    ['a bad signature', 'Token signature is invalid', 'AWS_TOKEN_INVALID'],
    ['several audiences', 'Token audience contains more than one audience', 'AWS_TOKEN_AUDIENCE'],
    ['nbf', 'Token not yet valid', 'AWS_TOKEN_TIME'],
  ])('%s (InvalidIdentityToken)', (_what, message, code) => {
    expect(explained(answered('InvalidIdentityToken', message)).code).toBe(code)
  })

  it.each([
    ['IDPCommunicationError', 'AWS_ISSUER_UNREACHABLE'],
    ['IDPRejectedClaim', 'AWS_TOKEN_REJECTED'],
    ['PackedPolicyTooLarge', 'AWS_SESSION_TOO_LARGE'],
    ['RegionDisabledException', 'AWS_REGION_DISABLED'],
    ['MalformedPolicyDocument', 'AWS_SESSION_POLICY'],
  ])('%s', (awsCode, code) => {
    expect(explained(answered(awsCode, 'x'))).toMatchObject({ code, outcome: 'refused', details: { awsCode } })
  })
})

describe('what is known of token and network', () => {
  const key = answered('InvalidIdentityToken', "Couldn't retrieve verification key from your identity provider")
  const provider = answered('InvalidIdentityToken', 'No OpenIDConnect provider found in your account for https://x')
  const tags = { 'https://aws.amazon.com/tags': { principal_tags: { Team: ['pay'] } } }
  const identity = { 'https://aws.amazon.com/source_identity': 'billing' }

  it.each([
    ['a private issuer', key, { iss: 'https://10.0.0.5/realms/x' }, /is at a private address/, 1],
    ['an issuer by http', provider, { iss: 'http://kc.example.com/realms/x' }, /is not https, and no identity/, 1],
    ['an issuer with a port', provider, { iss: 'https://kc.example.com:8443/realms/x' }, /has a port/, 1],
    ['an issuer with a query', provider, { iss: 'https://kc.example.com/realms/x?a=b' }, /has a query/, 1],
    ['session tags', notAuthorized, tags, /carries session tags, and .* may not allow sts:TagSession/, 1],
    ['a source identity', notAuthorized, identity, /carries a source identity, .* sts:SetSourceIdentity/, 1],
    ['both', notAuthorized, { ...tags, ...identity }, /carries session tags/, 2],
    ['another subject too', notAuthorized, { ...tags, sub: 'Service-Account-Billing' }, /upper and lower case only/, 1],
    ['nothing', notAuthorized, {}, /as this target has it/, 0],
  ])('orders the causes: %s', (_, error, change, likeliest, others) => {
    const { problem, details } = explained(error, change)
    expect(problem).toMatch(likeliest)
    expect(details['otherCauses']).toHaveLength(others)
  })

  it('thinks of a missing provider where the general words come for the right audience', () => {
    const general = answered('InvalidIdentityToken', 'The web identity token provided could not be validated.')
    const [other] = [explained(general).details['otherCauses']].flat()
    expect(other).toContain('has no identity provider for exactly')
    expect(explained(general, { azp: 'billing' }).details['otherCauses']).toEqual([])
  })

  it('sees a token that names no key', () => {
    const [, payload, signature] = tokenOf().reveal().split('.')
    const header = Buffer.from('{"alg":"RS256"}').toString('base64url')
    const token = new Token(`${header}.${payload}.${signature}`, now)
    expect(fromStsError(key, { runtime, token, now }).problem).toContain('The token names no key (kid)')
  })

  it.each([
    ["Value 'two words' at 'roleSessionName' failed to satisfy constraint", 'AWS_SESSION_NAME'],
    ["Value at 'policy' failed to satisfy constraint: Member must have length", 'AWS_SESSION_POLICY'],
  ])('tells what of the call is wrong: %s', (message, code) => {
    expect(explained(answered('ValidationError', `1 validation error detected: ${message}`)).code).toBe(code)
  })
})

describe('fromStsError', () => {
  it('tells what may pass by itself', () => {
    const transient = [
      answered('Throttling', 'Rate exceeded'),
      answered('InternalFailure', 'x', 500),
      answered('IDPCommunicationError', 'x'),
      Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', $metadata: {} }),
    ]
    for (const error of transient) expect(explained(error).details['transient']).toBe(true)
    for (const error of [notAuthorized, audience]) expect(explained(error).details['transient']).toBe(false)
  })

  it('tells what may be trust that not all of AWS knows yet', () => {
    expect(isPropagating(explained(notAuthorized))).toBe(true)
    expect(isPropagating(explained(audience))).toBe(true)
    expect(isPropagating(explained(answered('ExpiredTokenException', 'x')))).toBe(false)
    expect(isPropagating(explained(answered('Throttling', 'x')))).toBe(false)
    expect(isPropagating(new Error('x'))).toBe(false)
  })

  it('gives nothing of the token away', () => {
    const token = tokenOf()
    const error = fromStsError(answered('InvalidIdentityToken', `bad token ${token.reveal()}`), { runtime, token, now })
    expect(`${error.message} ${JSON.stringify(error)} ${String(error.cause)}`).not.toContain(token.reveal())
  })

  it('explains a token that is no JWT too', () => {
    const token = new Token('opaque', now)
    const error = fromStsError(answered('InvalidIdentityToken', 'x'), { runtime, token, now })
    expect(error.problem).toContain('of the issuer "(none)"')
  })
})
