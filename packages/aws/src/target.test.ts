import { FederateError } from '@federate/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { audienceOf, parseAwsRuntime, requestedAudience } from './target.ts'

const where = 'billing.federate.json, targets.s3'
const full = {
  cloud: 'aws',
  roleArn: 'arn:aws:iam::123456789012:role/federate/acme/billing',
  audience: 'billing',
  audienceFrom: 'client',
  subject: 'service-account-billing',
  durationSeconds: 900,
  region: 'eu-central-1',
  sessionName: 'federate-billing',
}

describe('parseAwsRuntime', () => {
  it('reads back what setup wrote', () => {
    expect(parseAwsRuntime(full, where)).toEqual(full)
  })

  it('needs no more than the role', () => {
    expect(parseAwsRuntime({ roleArn: full.roleArn }, where)).toEqual({
      cloud: 'aws',
      roleArn: full.roleArn,
      audience: 'sts.amazonaws.com',
      durationSeconds: 3600,
    })
  })

  it.each([
    [[], 'SERVICE_FILE_INVALID', `${where} is a list, expected an object.`],
    [{}, 'SERVICE_FILE_INVALID', `${where}.roleArn is missing, expected a text that is not empty.`],
    [{ ...full, cloud: 'gcp' }, 'SERVICE_FILE_INVALID', `${where}.cloud is "gcp", expected "aws".`],
    [
      { ...full, roleArn: 'arn:aws:iam::1:role/x' },
      'AWS_ROLE_ARN',
      `${where}.roleArn is "arn:aws:iam::1:role/x", expected the ARN of a role, as arn:aws:iam::123456789012:role/name.`,
    ],
    [
      { ...full, durationSeconds: 60 },
      'SERVICE_FILE_INVALID',
      `${where}.durationSeconds is 60 (a number), expected a whole number from 900 to 43200.`,
    ],
    [
      { ...full, sessionName: 'two words' },
      'AWS_SESSION_NAME',
      `${where}.sessionName is "two words", expected 2 to 64 letters, digits and + = , . @ - _, with claims of the token in braces as in {client_id}.`,
    ],
    [
      { ...full, assumeRole: { roleArn: full.roleArn, sessionName: 'ü' } },
      'AWS_SESSION_NAME',
      `${where}.assumeRole.sessionName is "ü", expected 2 to 64 letters, digits and + = , . @ - _, with claims of the token in braces as in {client_id}.`,
    ],
    [
      { ...full, sessionname: 'x' },
      'SERVICE_FILE_INVALID',
      `${where} has the unknown key "sessionname"; did you mean "sessionName"?`,
    ],
  ])('refuses %j', (value, code, problem) => {
    expect(() => parseAwsRuntime(value, where)).toThrowError(
      expect.objectContaining({ code, problem, outcome: 'usage' }),
    )
  })

  it('answers anything with a target or an explained error', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.anything(), fc.record({ roleArn: fc.anything(), durationSeconds: fc.anything() })),
        (value) => {
          try {
            return parseAwsRuntime(value, where).cloud === 'aws'
          } catch (error) {
            return error instanceof FederateError && error.outcome === 'usage'
          }
        },
      ),
    )
  })
})

describe('audiences', () => {
  it.each([
    ['shared', 'sts.amazonaws.com'],
    ['client', 'billing'],
    ['https://own.example.com', 'https://own.example.com'],
  ])('%s is %s', (audience, expected) => {
    expect(audienceOf({ audience }, 'billing')).toBe(expected)
  })

  it('that the issuer gives by itself are not asked for', () => {
    expect(requestedAudience(parseAwsRuntime(full, where))).toBeUndefined()
    expect(requestedAudience(parseAwsRuntime({ roleArn: full.roleArn }, where))).toBe('sts.amazonaws.com')
  })
})
