import { type OptionCase, refusesJunk, thrownBy } from '@federate/core/test-kit'
import { describe, expect, it } from 'vitest'
import { awsCredentials } from './credentials.ts'

const good = { token: { getToken: async () => {} }, roleArn: 'arn:aws:iam::123456789012:role/billing' }

describe('the options of awsCredentials', () => {
  it.each<[unknown, string, string]>([
    [undefined, 'OPTION', 'The options of awsCredentials are missing, expected an object. Give { token, … }'],
    [{ ...good, token: undefined }, 'OPTION', 'awsCredentials, token is missing, expected a source of tokens. Give a'],
    [{ ...good, token: 'eyJ' }, 'OPTION', 'awsCredentials, token is a text, expected a source of tokens.'],
    [
      { token: good.token },
      'OPTION',
      'awsCredentials, roleArn is missing, expected a text that is not empty. Correct it',
    ],
    [
      { ...good, duration: 60 },
      'OPTION',
      'awsCredentials, duration is 60 (a number), expected a whole number from 900 to',
    ],
    [{ ...good, durationSeconds: 900 }, 'OPTION_UNKNOWN', 'have the unknown member "durationSeconds"'],
    [
      { ...good, rolearn: 'x' },
      'OPTION_UNKNOWN',
      'have the unknown member "rolearn"; it would have no effect. Did you mean "ro',
    ],
    [
      { ...good, assumeRole: { roleArn: 5 } },
      'OPTION',
      'awsCredentials, assumeRole.roleArn is 5 (a number), expected a text',
    ],
    [
      { ...good, assumeRole: { ...good, arn: 1 } },
      'OPTION_UNKNOWN',
      'awsCredentials, assumeRole has the unknown member "token"',
    ],
    [
      { ...good, roleArn: 'billing' },
      'AWS_ROLE_ARN',
      'awsCredentials, roleArn is "billing", expected the ARN of a role',
    ],
    [{ ...good, sessionName: '?' }, 'AWS_SESSION_NAME', 'awsCredentials, sessionName is "?", expected 2 to 64 letters'],
    [{ ...good, warn: 5 }, 'OPTION', 'awsCredentials, warn is 5 (a number), expected a function.'],
  ])('%o: %s', (options, code, message) => {
    const error = thrownBy(awsCredentials, [options])
    expect(error).toMatchObject({ code, outcome: 'usage', message: expect.stringContaining(message) })
    expect(error.message).not.toMatch(/service file|--/)
  })

  const one: OptionCase = {
    called: awsCredentials,
    good: { ...good, duration: 900, sessionPolicy: {}, sessionPolicyArns: [], assumeRole: { roleArn: good.roleArn } },
  }
  it('may be any junk, which is taken or refused', () => refusesJunk(one))
})
