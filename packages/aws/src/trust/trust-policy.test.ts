import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { providerPath, trustPolicy } from './trust-policy.ts'

const admission = {
  providerArn: 'arn:aws:iam::123456789012:oidc-provider/keycloak.example.com/realms/prod',
  issuer: 'https://keycloak.example.com/realms/prod',
  audience: 'sts.amazonaws.com',
  subject: 'service-account-billing',
}

describe('trustPolicy', () => {
  it('admits one subject with one audience by StringEquals', () => {
    expect(trustPolicy(admission)).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Federated: admission.providerArn },
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: {
            StringEquals: {
              'keycloak.example.com/realms/prod:aud': 'sts.amazonaws.com',
              'keycloak.example.com/realms/prod:sub': 'service-account-billing',
            },
          },
        },
      ],
    })
  })

  it('allows tagging and a source identity exactly when the token brings them', () => {
    const actionOf = (change: object) =>
      JSON.stringify(trustPolicy({ ...admission, ...change })).match(/"Action":[^C]*/)?.[0]
    expect(actionOf({ tagsSession: true })).toBe('"Action":["sts:AssumeRoleWithWebIdentity","sts:TagSession"],"')
    expect(actionOf({ setsSourceIdentity: true })).toContain(
      '["sts:AssumeRoleWithWebIdentity","sts:SetSourceIdentity"]',
    )
    expect(actionOf({ tagsSession: false, setsSourceIdentity: false })).toBe(
      '"Action":"sts:AssumeRoleWithWebIdentity","',
    )
  })

  it('pins the token’s own audience beside the azp that AWS compares', () => {
    const text = JSON.stringify(trustPolicy({ ...admission, audience: 'billing', originalAudience: 'api://aws' }))
    expect(text).toContain(
      '"keycloak.example.com/realms/prod:aud":"billing","keycloak.example.com/realms/prod:oaud":"api://aws"',
    )
    expect(() => trustPolicy({ ...admission, originalAudience: 'a*' })).toThrow('The originalAudience for a role')
  })

  it('pins the session name, exactly or by a pattern', () => {
    const text = (sessionName: string) => JSON.stringify(trustPolicy({ ...admission, sessionName }))
    expect(text('billing')).toContain('"sts:RoleSessionName":"billing"}}')
    expect(text('*-nightly')).toContain('"StringLike":{"sts:RoleSessionName":"*-nightly"}')
  })

  it('takes further conditions, but none in the place of its own', () => {
    const further = { StringEquals: { 'aws:SourceVpc': ['vpc-1', 'vpc-2'] }, Bool: { 'aws:SecureTransport': 'true' } }
    expect(trustPolicy({ ...admission, conditions: further })).toMatchObject({
      Statement: [
        {
          Condition: {
            StringEquals: {
              'keycloak.example.com/realms/prod:sub': 'service-account-billing',
              'aws:SourceVpc': ['vpc-1', 'vpc-2'],
            },
            Bool: { 'aws:SecureTransport': 'true' },
          },
        },
      ],
    })
    const taken = { StringEquals: { 'Keycloak.example.com/realms/prod:SUB': 'x' } }
    expect(() => trustPolicy({ ...admission, conditions: taken })).toThrow(
      "The target's conditions set StringEquals on Keycloak.example.com/realms/prod:SUB, which the trust policy pins already.",
    )
  })

  it.each([
    ['', 'is empty'],
    ['*', 'holds "*"'],
    ['service-account-*', 'holds "*"'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is AWS's syntax, not JavaScript's
    ['${aws:userid}', 'holds "${"'],
  ])('refuses the subject %j and the audience %j alike', (value, why) => {
    for (const part of ['subject', 'audience']) {
      const make = () => trustPolicy({ ...admission, [part]: value })
      expect(make).toThrowError(
        `The ${part} for a role's trust policy is "${value}", which ${why}; it must be one exact value. Give the ${part} in federate.yaml exactly as it stands in the token.`,
      )
      expect(make).toThrowError(expect.objectContaining({ code: 'AWS_TRUST_VALUE', outcome: 'usage' }))
    }
  })

  it('never holds a wildcard or a policy variable', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (subject, audience) => {
        try {
          const conditions = JSON.stringify(trustPolicy({ ...admission, subject, audience }))
          return !conditions.includes('*') && !conditions.includes('${')
        } catch {
          return [subject, audience].some((value) => value === '' || value.includes('*') || value.includes('${'))
        }
      }),
    )
  })
})

describe('providerPath', () => {
  it.each([
    ['https://keycloak.example.com/realms/prod', 'keycloak.example.com/realms/prod'],
    ['https://keycloak.example.com:443/realms/prod', 'keycloak.example.com/realms/prod'],
    ['https://keycloak.example.com:8443/realms/prod', 'keycloak.example.com:8443/realms/prod'],
    ['https://Keycloak.example.com:443', 'Keycloak.example.com'],
    ['http://127.0.0.1:4430/realms/x:443/y', '127.0.0.1:4430/realms/x:443/y'],
  ])('%s is %s to IAM', (issuer, path) => {
    expect(providerPath(issuer)).toBe(path)
  })
})
