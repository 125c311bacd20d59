import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makePlace, type Place } from './harness.ts'

let place: Place

beforeAll(async () => {
  place = await makePlace()
  const { privateKey, publicKey } = await generateKeyPair('RS256')
  const sign = (claims: object) =>
    new SignJWT({ typ: 'Bearer', azp: 'billing', sub: 'x', iss: place.issuer, aud: 'api://orders', ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'k', typ: 'JWT' })
      .setIssuedAt()
      .setExpirationTime('10m')
      .sign(privateKey)
  await place.write('good.jwt', await sign({ resource_access: { 'api://orders': { roles: ['reader'] } } }))
  await place.write('cloud.jwt', await sign({ azp: 'sts.amazonaws.com', aud: 'sts.amazonaws.com' }))
  await place.write('list.json', '[{}]')
  await place.write('empty.json', '{"keys":[]}')
  await place.write('encryption.json', JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), use: 'enc' }] }))
  await place.write(
    'jwks.json',
    JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256' }] }),
  )
})

afterAll(() => place.close())

describe('explain aws', () => {
  it('names the file of a token that is none', async () => {
    const { status, stderr } = await place.federate('explain aws --trust-policy list.json --token-file list.json')
    expect(stderr).toMatch(/error TOKEN_NOT_A_JWT[\s\S]*It stands in the file \/\S*list\.json\./)
    expect(status).toBe(1)
  })
})

describe('explain api', () => {
  it('accepts by federate.yaml and the issuer’s keys, rule by rule', async () => {
    const { status, stdout } = await place.federate(
      'explain api orders --token-file good.jwt --jwks jwks.json --require-role reader',
    )
    expect(stdout).toContain('pass audience               aud is api://orders.')
    expect(stdout).toContain('pass signature              It is by the issuer’s key k.')
    expect(stdout).toContain('pass role                   The requirement is met.')
    expect(stdout).toContain('This token, for api://orders: accepted by the API.')
    expect(status).toBe(0)
  })

  it('refuses a cloud’s token with both values, and says what the caller would be told', async () => {
    const { status, stdout } = await place.federate('explain api --token-file cloud.jwt --jwks jwks.json')
    expect(stdout).toMatch(
      /FAIL audience +The token is for another audience\.\n +expected: api:\/\/orders\n +actual: {3}sts\.amazonaws\.com/,
    )
    expect(stdout).toContain('FAIL cloud token')
    expect(stdout).toContain('the API would answer: 401 invalid_token: The access token is not valid for this API')
    expect(status).toBe(3)
  })

  it('judges by flags alone, and hints at keys that were not given', async () => {
    const { status, stdout } = await place.federate(
      `explain api --issuer ${place.issuer} --audience api://orders --token-file good.jwt --require-claim environment=production --client shop`,
    )
    expect(stdout).toContain('warn signature')
    expect(stdout).toMatch(
      /FAIL client +The token was issued to a client that is not on the list\.\n +expected: shop\n +actual: {3}billing/,
    )
    expect(stdout).toContain('FAIL claim environment')
    expect(status).toBe(3)
  })

  it.each([
    ['explain api orders', 'FLAG_MISSING', '--token-file was not given'],
    ['explain api payments --token-file good.jwt', 'API_UNKNOWN', 'has no such API; there are: orders.'],
    [
      'explain api --issuer https://kc.example.com/realms/x --token-file good.jwt',
      'FLAG_MISSING',
      '--issuer was given without --audience',
    ],
    ['explain api --token-file good.jwt --require-claim environment', 'FLAG_INVALID', 'names no claim and value'],
    ['explain api --token-file good.jwt --jwks good.jwt', 'JWKS_INVALID', 'good.jwt is no JWK set'],
    ['explain api --token-file good.jwt --jwks list.json', 'JWKS_INVALID', 'list.json is no JWK set'],
    [
      'explain api --token-file good.jwt --jwks empty.json',
      'JWKS_NO_KEY',
      'empty.json is a JWK set that holds no key.',
    ],
    [
      'explain api --token-file good.jwt --jwks encryption.json',
      'JWKS_NO_KEY',
      'encryption.json has no public key for signatures among its 1.',
    ],
    [
      'explain aws --trust-policy list.json --token-file good.jwt --jwks empty.json',
      'JWKS_NO_KEY',
      'empty.json is a JWK set that holds no key.',
    ],
    [
      'explain api --token-file good.jwt --require-scope a,b\\c',
      'REQUIREMENT_INVALID',
      'expected scopes without spaces',
    ],
    [
      'explain api --token-file good.jwt --algorithm HS256',
      'VERIFIER_ALGORITHM',
      'The algorithm "HS256" is not accepted',
    ],
  ])('%s: %s', async (line, code, problem) => {
    const { status, stderr } = await place.federate(line)
    expect(stderr).toContain(`error ${code}`)
    expect(stderr).toContain(problem)
    expect(status).toBe(64)
  })
})
