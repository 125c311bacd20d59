import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makePlace, type Place } from './harness.ts'

const url = 'kc.example.com/realms/prod'
const arn = `arn:aws:iam::123456789012:oidc-provider/${url}`
let place: Place

/** A trust policy as some other tool wrote it: one statement too wide, one Deny. */
const policy = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: arn },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringLike: { [`${url}:sub`]: 'service-account-*' } },
    },
    {
      Effect: 'Deny',
      Principal: { Federated: arn },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { IpAddress: { 'aws:SourceIp': '198.51.100.0/24' } },
    },
  ],
}

beforeAll(async () => {
  place = await makePlace()
  const { privateKey, publicKey } = await generateKeyPair('RS256')
  const token = await new SignJWT({ azp: 'sts.amazonaws.com' })
    .setProtectedHeader({ alg: 'RS256', kid: 'k', typ: 'JWT' })
    .setIssuer(`https://${url}`)
    .setSubject('service-account-billing')
    .setAudience('sts.amazonaws.com')
    .setIssuedAt()
    .setExpirationTime('10m')
    .sign(privateKey)
  await place.write('token.jwt', `${token}\n`)
  await place.write(
    'jwks.json',
    JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256' }] }),
  )
  await place.write('policy.json', JSON.stringify(policy))
  await place.write('provider.json', JSON.stringify({ Url: url, ClientIDList: ['sts.amazonaws.com'] }))
})

afterAll(() => place.close())

const files = 'explain aws --trust-policy policy.json --provider provider.json --token-file token.jwt --jwks jwks.json'

describe('explain, for a trust policy of any author', () => {
  it('accepts, names the statement that decided, and lints', async () => {
    const { status, stdout } = await place.federate(`${files} --source-ip 203.0.113.7`)
    expect(stdout).toContain('pass signature')
    expect(stdout).toContain(`StringLike on ${url}:sub holds.`)
    expect(stdout).toContain('warn lint-wildcard-subject')
    expect(stdout).toContain('This token, for policy.json: accepted by aws.')
    expect(status).toBe(0)
  })

  it('refuses where a Deny applies, with what AWS would answer', async () => {
    const { status, stdout } = await place.federate(`${files} --source-ip 198.51.100.9`)
    expect(stdout).toContain('A Deny statement of the trust policy applies.')
    expect(stdout).toContain(
      'aws would answer: 403 AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity',
    )
    expect(status).toBe(3)
  })

  it('does not guess the address', async () => {
    const { status, stdout } = await place.federate(files)
    expect(stdout).toContain('From which address the service will call is not known here.')
    expect(status).toBe(1)
  })

  it('says which flag is missing', async () => {
    const alone = await place.federate('explain aws --provider provider.json --token-file token.jwt')
    expect(alone.stderr).toContain('Trust from files needs --trust-policy <path>.')
    const tokenless = await place.federate('explain aws --trust-policy policy.json')
    expect(tokenless.stderr).toContain('without --token-file')
    expect([alone.status, tokenless.status]).toEqual([64, 64])
  })
})
