import { describe, expect, it } from 'vitest'
import { aws } from './cloud.ts'
import { AwsCredentials } from './temporary-credentials.ts'

const credentials = new AwsCredentials({
  accessKeyId: 'ASIAEXAMPLE',
  secretAccessKey: 'secret',
  sessionToken: 'session',
  expiresAt: new Date('2026-11-21T12:00:00Z'),
  identity: 'arn:aws:sts::123456789012:assumed-role/billing/federate-billing',
})
const runtime = await aws.runtime({ roleArn: 'arn:aws:iam::123456789012:role/billing' }, 'flags')

describe('AWS as a cloud', () => {
  it('has credential_process as its first format', async () => {
    expect(aws.formats[0]).toBe('credential-process')
    const texts = await Promise.all(aws.formats.map((format) => aws.format(format, credentials, runtime)))
    for (const text of texts) expect(text).toContain('ASIAEXAMPLE')
  })

  it('refuses a format that it does not have', async () => {
    await expect(aws.format('yaml', credentials, runtime)).rejects.toMatchObject({
      code: 'AWS_FORMAT_UNKNOWN',
      message:
        'AWS credentials have no format "yaml", only credential-process, env, env-fish, env-powershell, env-cmd, json. Name one of these.',
    })
  })

  it.each([
    ['shared', 'sts.amazonaws.com'],
    ['client', undefined],
    ['api://own', 'api://own'],
  ])('asks the issuer for the audience of a wish %s: %s', async (audience, expected) => {
    const schema = await aws.wish()
    const wish = schema.parse({ account: '123456789012', role: 'billing', audience })
    const service = {
      name: 'billing',
      issuerName: 'prod',
      issuer: { url: 'https://keycloak.example.com/realms/prod', kind: 'keycloak' as const },
      clientId: 'billing',
      subject: 'service-account-billing',
      auth: { method: 'token_file' as const, file: '/token' },
      claims: {},
      targets: [],
    }
    expect(await aws.wishedAudience({ service: 'billing', name: 's3', cloud: 'aws', wish }, service)).toBe(expected)
  })

  it('asks for the audience of a service file', () => {
    expect(aws.audience(runtime)).toBe('sts.amazonaws.com')
    expect(aws.audience({ ...runtime, audienceFrom: 'client' })).toBeUndefined()
  })
})
