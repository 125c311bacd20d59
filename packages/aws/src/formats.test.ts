import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { credentialProcess, environment, json } from './formats.ts'
import { AwsCredentials } from './temporary-credentials.ts'

const parts = {
  accessKeyId: 'ASIAEXAMPLE',
  secretAccessKey: 'secret/+key',
  sessionToken: 'session==',
  expiresAt: new Date('2026-11-21T12:00:00.123Z'),
  identity: 'arn:aws:sts::123456789012:assumed-role/billing/federate-billing',
}
const credentials = new AwsCredentials(parts)

describe('formats', () => {
  it('credential-process: version as a number, expiry in whole seconds, one line', () => {
    expect(credentialProcess(credentials)).toBe(
      '{"Version":1,"AccessKeyId":"ASIAEXAMPLE","SecretAccessKey":"secret/+key","SessionToken":"session==","Expiration":"2026-11-21T12:00:00Z","AccountId":"123456789012"}',
    )
  })

  it('env: lines for a shell, with the region where it is known', () => {
    const lines = [
      "export AWS_ACCESS_KEY_ID='ASIAEXAMPLE'",
      "export AWS_SECRET_ACCESS_KEY='secret/+key'",
      "export AWS_SESSION_TOKEN='session=='",
      "export AWS_CREDENTIAL_EXPIRATION='2026-11-21T12:00:00Z'",
    ]
    expect(environment(credentials, {})).toBe(lines.join('\n'))
    expect(environment(credentials, { region: 'eu-west-1' })).toBe(
      [...lines, "export AWS_REGION='eu-west-1'", "export AWS_DEFAULT_REGION='eu-west-1'"].join('\n'),
    )
  })

  it('env: whatever a value holds, a shell reads it and runs nothing', () => {
    const printable = fc.string({ minLength: 1, maxLength: 30 }).filter((text) => !/[\0\n\r]/.test(text))
    fc.assert(
      fc.property(printable, (sessionToken) => {
        const script = `${environment(new AwsCredentials({ ...parts, sessionToken }), {})}\nprintf %s "$AWS_SESSION_TOKEN"`
        return execFileSync('/bin/sh', ['-c', script]).toString() === sessionToken
      }),
      { numRuns: 25, examples: [["'; echo hacked; '"], ['$(id) `id` \\']] },
    )
  })

  it('env for the other shells: each in its own words', () => {
    const odd = new AwsCredentials({ ...parts, sessionToken: "a'b\\c" })
    expect(environment(odd, {}, 'env-fish')).toContain("set -gx AWS_SESSION_TOKEN 'a\\'b\\\\c'")
    expect(environment(odd, {}, 'env-powershell')).toContain("$env:AWS_SESSION_TOKEN = 'a''b\\c'")
    expect(environment(credentials, {}, 'env-cmd')).toContain('set "AWS_SECRET_ACCESS_KEY=secret/+key"')
  })

  it.each(['"', '%', '^', '&', '!'])('env-cmd: refuses a value with %s, which cmd cannot quote', (character) => {
    const odd = new AwsCredentials({ ...parts, sessionToken: `a${character}b` })
    expect(() => environment(odd, {}, 'env-cmd')).toThrow(
      expect.objectContaining({ code: 'SHELL_VALUE_UNSAFE', message: expect.stringContaining('AWS_SESSION_TOKEN') }),
    )
  })

  it('json: everything there is', () => {
    expect(JSON.parse(json(credentials))).toEqual({
      accessKeyId: 'ASIAEXAMPLE',
      secretAccessKey: 'secret/+key',
      sessionToken: 'session==',
      expiration: '2026-11-21T12:00:00Z',
      accountId: '123456789012',
      identity: parts.identity,
    })
  })
})
