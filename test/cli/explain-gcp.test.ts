import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makePlace, type Place } from './harness.ts'

const issuer = 'https://kc.example.com/realms/prod'
const pool = 'projects/123456789012/locations/global/workloadIdentityPools/keycloak'
let place: Place

/** What gcloud prints of a provider that somebody made by hand. */
const provider = `attributeCondition: assertion.sub.matches('service-account-')
attributeMapping:
  attribute.team: assertion.team
  google.subject: assertion.sub
displayName: Keycloak
name: ${pool}/providers/prod
oidc:
  allowedAudiences:
  - sts.googleapis.com
  issuerUri: ${issuer}
state: ACTIVE
`
const policy = (team: string) => `bindings:
- members:
  - principalSet://iam.googleapis.com/${pool}/attribute.team/${team}
  role: roles/iam.workloadIdentityUser
etag: BwYz
version: 1
`

beforeAll(async () => {
  place = await makePlace()
  const { privateKey, publicKey } = await generateKeyPair('RS256')
  const token = await new SignJWT({ team: 'core' })
    .setProtectedHeader({ alg: 'RS256', kid: 'k', typ: 'JWT' })
    .setIssuer(issuer)
    .setSubject('service-account-billing')
    .setAudience('sts.googleapis.com')
    .setIssuedAt()
    .setExpirationTime('10m')
    .sign(privateKey)
  const key = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256', use: 'sig' }
  await place.write('token.jwt', `${token}\n`)
  await place.write('jwks.json', JSON.stringify({ keys: [key] }))
  await place.write('rotated.json', JSON.stringify({ keys: [{ ...key, kid: 'new' }] }))
  await place.write(
    'private.json',
    JSON.stringify({
      keys: [{ ...(await exportJWK((await generateKeyPair('RS256', { extractable: true })).privateKey)), kid: 'k' }],
    }),
  )
  await place.write('provider.yaml', provider)
  await place.write('policy.yaml', policy('core'))
  await place.write('other-policy.yaml', policy('data'))
})

afterAll(() => place.close())

const files = 'explain gcp --provider provider.yaml --token-file token.jwt'

describe('explain, for a provider of any author', () => {
  it('accepts, says which values decided, and lints', async () => {
    const { status, stdout } = await place.federate(`${files} --policy policy.yaml --jwks jwks.json`)
    expect(stdout).toContain('pass signature')
    expect(stdout).toContain('pass binding')
    expect(stdout).toContain('warn lint-open-pattern')
    expect(stdout).toContain('This token, for provider.yaml: accepted by gcp.')
    expect(status).toBe(0)
  })

  it('refuses where the policy lets somebody else in, with what Google would answer', async () => {
    const { status, stdout } = await place.federate(
      `${files} --policy other-policy.yaml --service-account billing@acme-prod.iam.gserviceaccount.com`,
    )
    expect(stdout).toContain('attribute.team of the token is core, and members are compared letter by letter.')
    expect(stdout).toContain(
      "gcp would answer: 403 PERMISSION_DENIED: Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).",
    )
    expect(status).toBe(3)
  })

  it('sees that the key of the token is not published', async () => {
    const { status, stdout } = await place.federate(`${files} --jwks rotated.json`)
    expect(stdout).toContain("gcp would answer: 400 invalid_grant: Error connecting to the given credential's issuer.")
    expect(stdout).toContain('expected: new (RSA)')
    expect(status).toBe(3)
  })

  it('refuses private keys, and repeats nothing of them', async () => {
    const { status, stdout, stderr } = await place.federate(`${files} --jwks private.json`)
    expect(stderr).toContain('holds private or secret keys')
    expect(`${stdout}${stderr}`).not.toMatch(/[\w-]{60}/)
    expect(status).toBe(64)
  })

  it('says which flag is missing, and which file is none', async () => {
    const alone = await place.federate('explain gcp --policy policy.yaml --token-file token.jwt')
    expect(alone.stderr).toContain('Trust from files needs --provider <path>.')
    const wrong = await place.federate('explain gcp --provider policy.yaml --token-file token.jwt')
    expect(wrong.stderr).toContain('policy.yaml is not a workload identity pool provider')
    expect([alone.status, wrong.status]).toEqual([64, 64])
  })
})
