import { describe, expect, it } from 'vitest'
import { format } from './formats.ts'
import { GcpCredentials } from './temporary-credentials.ts'

const credentials = (accessToken: string) =>
  new GcpCredentials({
    accessToken,
    expiresAt: new Date('2026-11-21T12:00:00.250Z'),
    identity: 'billing@acme-prod.iam.gserviceaccount.com',
  })

describe('format', () => {
  it('json has what programs need, in the words of OAuth', () => {
    expect(JSON.parse(format('json', credentials('ya29.only-for-tests')))).toEqual({
      access_token: 'ya29.only-for-tests',
      token_type: 'Bearer',
      expires_at: '2026-11-21T12:00:00Z',
      identity: 'billing@acme-prod.iam.gserviceaccount.com',
    })
  })

  it('token is the token alone', () => {
    expect(format('token', credentials('ya29.only-for-tests'))).toBe('ya29.only-for-tests')
  })

  it('env is for gcloud and for Terraform', () => {
    expect(format('env', credentials('ya29.x'))).toBe(
      "export CLOUDSDK_AUTH_ACCESS_TOKEN='ya29.x'\nexport GOOGLE_OAUTH_ACCESS_TOKEN='ya29.x'",
    )
  })

  it('env hands nothing to a shell that no token has', () => {
    expect(() => format('env', credentials("x'; rm -rf /; '"))).toThrow(
      expect.objectContaining({ code: 'GCP_FORMAT_UNSAFE', outcome: 'failed' }),
    )
  })

  it('refuses others', () => {
    expect(() => format('yaml', credentials('x'))).toThrow(
      expect.objectContaining({
        code: 'GCP_FORMAT_UNKNOWN',
        problem: 'Google credentials have no format "yaml", only json, token, env.',
      }),
    )
  })
})
