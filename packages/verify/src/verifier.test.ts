import { describe, expect, it } from 'vitest'
import {
  audience,
  FakeIssuer,
  issuerUrl,
  keycloakClaims,
  newKey,
  refusalOf,
  sign,
  signText,
  start,
} from './issuer.test-kit.ts'
import type { TrustedIssuer, VerifierSettings } from './options.ts'
import { createVerifier } from './verifier.ts'

const key = newKey('k1')
const seconds = Math.floor(start / 1000)

function verifying(options: Partial<TrustedIssuer> & VerifierSettings = {}, issuer = new FakeIssuer(key)) {
  const clock = { milliseconds: start }
  const verifier = createVerifier({
    ...{ issuer: issuerUrl, audience, fetch: issuer.fetch, now: () => clock.milliseconds },
    ...options,
  })
  return { verifier, issuer, clock }
}

const refusedCode = async (token: string, options: Partial<TrustedIssuer> & VerifierSettings = {}) =>
  (await refusalOf(() => verifying(options).verifier.verify(token))).code

describe('verify', () => {
  it('tells what the token of a service account says', async () => {
    const { verifier } = verifying()
    expect(await verifier.verify(await sign(key))).toMatchObject({
      ...{ issuer: issuerUrl, subject: '8e8b1f0c-5d4e', clientId: 'billing', scopes: ['api://orders'] },
      ...{ audiences: [audience], expiresAt: seconds + 300, profile: 'keycloak' },
      claims: { resource_access: { [audience]: { roles: ['reader'] } } },
    })
  })

  it.each(['RS256', 'PS256', 'ES256', 'EdDSA'])('verifies %s', async (alg) => {
    const one = newKey('one', alg)
    const { verifier } = verifying({}, new FakeIssuer(one, key))
    expect((await verifier.verify(await sign(one))).clientId).toBe('billing')
  })

  it('holds tokens of RFC 9068 to that profile', async () => {
    const { verifier } = verifying({ profile: 'rfc9068' })
    const { typ: _, azp: __, ...claims } = keycloakClaims({ client_id: 'billing' })
    expect((await verifier.verify(await sign(key, claims, { typ: 'application/at+JWT' }))).clientId).toBe('billing')
    expect(await refusedCode(await sign(key, claims), { profile: 'rfc9068' })).toBe('TOKEN_TYPE')
    for (const missing of ['client_id', 'jti', 'sub', 'exp', 'iat']) {
      const token = await sign(key, { ...claims, [missing]: undefined }, { typ: 'at+jwt' })
      expect(await refusedCode(token, { profile: 'rfc9068' })).toBe('TOKEN_CLAIMS')
    }
  })

  it('freezes what it gives, because requests share it', async () => {
    const { verifier } = verifying()
    const token = await verifier.verify(await sign(key))
    expect(await verifier.verify(await sign(key))).not.toBe(token)
    expect(() => Reflect.set(token, 'clientId', 'x')).not.toThrow()
    expect(token.clientId).toBe('billing')
    expect(Object.isFrozen(Reflect.get(token.claims['resource_access'] ?? {}, audience))).toBe(true)
  })

  it('trusts each issuer for its own audience and by its own keys', async () => {
    const other = 'https://kc.example.com/realms/other'
    const issuer = new FakeIssuer(key)
    const { verifier } = verifying({}, issuer)
    const list = createVerifier({
      issuers: [
        { issuer: issuerUrl, audience },
        { issuer: other, audience: 'api://else', jwksUri: `${other}/certs` },
      ],
      ...{ fetch: issuer.fetch, now: () => start },
    })
    const foreign = await sign(key, keycloakClaims({ iss: other }))
    expect((await refusalOf(() => verifier.verify(foreign))).code).toBe('TOKEN_ISSUER')
    expect((await refusalOf(() => list.verify(foreign))).code).toBe('TOKEN_AUDIENCE')
    const crossed = await sign(key, keycloakClaims({ iss: other, aud: 'api://else' }))
    expect((await refusalOf(() => list.verify(crossed))).code).toBe('KEYS_UNAVAILABLE')
    expect((await list.verify(await sign(key))).issuer).toBe(issuerUrl)
  })

  it.each([
    ['an expired one', { exp: seconds - 6 }, 'TOKEN_EXPIRED', 'The token has expired.'],
    ['one from the far future', { nbf: seconds + 600 }, 'TOKEN_NOT_YET_VALID', 'The token is not valid yet.'],
    ['one issued in the future', { iat: seconds + 600 }, 'TOKEN_NOT_YET_VALID', 'The token is not valid yet.'],
    ['exp as a text', { exp: String(seconds + 300) }, 'TOKEN_CLAIMS', 'The claim exp is of the wrong type.'],
    ['no exp', { exp: undefined }, 'TOKEN_CLAIMS', 'The claim exp is missing.'],
    ['nbf as a text', { nbf: '1' }, 'TOKEN_CLAIMS', 'The claim nbf is of the wrong type.'],
    ['another audience', { aud: 'api://else' }, 'TOKEN_AUDIENCE', 'Expected: api://orders; actual: api://else.'],
    ['audience as an object', { aud: { 0: audience } }, 'TOKEN_AUDIENCE', 'The token names no audience.'],
    ['a list with an object in it', { aud: [audience, {}] }, 'TOKEN_AUDIENCE', 'The token names no audience.'],
    ['no audience', { aud: undefined }, 'TOKEN_AUDIENCE', 'The token names no audience.'],
    ['an ID token', { typ: 'ID' }, 'TOKEN_KIND', 'This is an ID token'],
    ['a refresh token', { typ: 'Refresh' }, 'TOKEN_KIND', 'This is not an access token.'],
    ['no azp', { azp: undefined }, 'TOKEN_CLAIMS', 'The claim azp is missing.'],
    ['one for AWS too', { aud: [audience, 'sts.amazonaws.com'] }, 'TOKEN_FOR_CLOUD', 'actual: sts.amazonaws.com'],
    ['one with the azp of AWS', { azp: 'sts.amazonaws.com' }, 'TOKEN_FOR_CLOUD', 'actual: sts.amazonaws.com'],
    ['one for Azure too', { aud: [audience, 'api://AzureADTokenExchange'] }, 'TOKEN_FOR_CLOUD', 'sent to an API'],
    ['one for GCP too', { aud: [audience, 'sts.googleapis.com'] }, 'TOKEN_FOR_CLOUD', 'sent to an API'],
    [
      'another realm',
      { iss: 'https://kc.example.com/realms/other' },
      'TOKEN_ISSUER',
      'The token is by another issuer.',
    ],
    ['no issuer', { iss: undefined }, 'TOKEN_ISSUER', 'actual: nothing'],
  ])('refuses %s', async (_, claims, code, problem) => {
    const refusal = await refusalOf(async () => verifying().verifier.verify(await sign(key, keycloakClaims(claims))))
    expect([refusal.code, refusal.answer.status, refusal.answer.error]).toEqual([code, 401, 'invalid_token'])
    expect(refusal.problem).toContain(problem)
  })

  it('accepts a list of audiences, a clock that is a little off, and the first and last moment', async () => {
    const { verifier } = verifying()
    for (const claims of [
      { aud: ['api://else', audience] },
      { exp: seconds - 4 },
      { iat: seconds + 5, nbf: seconds + 5 },
    ]) {
      expect((await verifier.verify(await sign(key, keycloakClaims(claims)))).clientId).toBe('billing')
    }
  })

  it('names what is nearly the issuer', async () => {
    const refusal = await refusalOf(async () =>
      verifying().verifier.verify(await sign(key, keycloakClaims({ iss: 'https://kc.example.com/auth/realms/prod/' }))),
    )
    expect(refusal.next).toContain('It differs from https://kc.example.com/realms/prod only in')
  })

  it.each([
    ['a key of its own', { jwk: newKey('evil').jwk }],
    ['an address of keys', { jku: 'https://evil.example.com/jwks' }],
    ['an address of a certificate', { x5u: 'https://evil.example.com/cert' }],
    ['a token within', { cty: 'JWT' }],
  ])('refuses a header with %s, and asks nobody for it', async (_, header) => {
    const { verifier, issuer } = verifying()
    const token = await sign(key, keycloakClaims(), header)
    expect((await refusalOf(() => verifier.verify(token))).code).toBe('TOKEN_HEADER')
    expect(issuer.asked).toEqual([])
  })

  it.each([
    ['crit', '{"alg":"ES256","typ":"JWT","kid":"k1","crit":["x"],"x":1}', 'TOKEN_HEADER'],
    ['b64', '{"alg":"ES256","typ":"JWT","kid":"k1","b64":false}', 'TOKEN_HEADER'],
    ['alg none', '{"alg":"none","typ":"JWT","kid":"k1"}', 'TOKEN_ALGORITHM'],
    ['alg in other case', '{"alg":"es256","typ":"JWT","kid":"k1"}', 'TOKEN_ALGORITHM'],
    ['no alg', '{"typ":"JWT","kid":"k1"}', 'TOKEN_ALGORITHM'],
    ['alg as a list', '{"alg":["ES256"],"typ":"JWT","kid":"k1"}', 'TOKEN_ALGORITHM'],
    ['a duplicate', '{"alg":"none","alg":"ES256","typ":"JWT","kid":"k1"}', 'TOKEN_MALFORMED'],
    ['kid as a path', '{"alg":"ES256","typ":"JWT","kid":"../../etc/passwd"}', 'TOKEN_KEY_UNKNOWN'],
    ['kid as a URL', '{"alg":"ES256","typ":"JWT","kid":"https://evil.example.com/k"}', 'TOKEN_KEY_UNKNOWN'],
    ['kid as an object', '{"alg":"ES256","typ":"JWT","kid":{}}', 'TOKEN_KEY_UNFIT'],
    ['typ of another token', '{"alg":"ES256","typ":"logout+jwt","kid":"k1"}', 'TOKEN_TYPE'],
    ['no typ', '{"alg":"ES256","kid":"k1"}', 'TOKEN_TYPE'],
    ['a list', '[]', 'TOKEN_MALFORMED'],
    ['no JSON', '{', 'TOKEN_MALFORMED'],
  ])('refuses a header with %s', async (_, header, code) => {
    expect(await refusedCode(await signText(key, header, JSON.stringify(keycloakClaims())))).toBe(code)
  })

  it('refuses duplicate claims', async () => {
    const claims = JSON.stringify(keycloakClaims()).replace('{', '{"azp":"admin",')
    expect(await refusedCode(await signText(key, '{"alg":"ES256","typ":"JWT","kid":"k1"}', claims))).toBe(
      'TOKEN_MALFORMED',
    )
  })

  it('refuses HS256 by the public key, with and without HS256 in mind', async () => {
    const { createHmac } = await import('node:crypto')
    const pem = key.publicKey.export({ type: 'spki', format: 'pem' })
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const input = `${part({ alg: 'HS256', typ: 'JWT', kid: 'k1' })}.${part(keycloakClaims())}`
    const token = `${input}.${createHmac('sha256', pem).update(input).digest('base64url')}`
    expect(await refusedCode(token)).toBe('TOKEN_ALGORITHM')
  })

  it('refuses another algorithm of the same key, and algorithms that are not pinned', async () => {
    const rsa = newKey('k1', 'RS256')
    const token = await sign({ ...rsa, alg: 'PS256' })
    const { verifier } = verifying({}, new FakeIssuer(rsa))
    expect((await refusalOf(() => verifier.verify(token))).code).toBe('TOKEN_KEY_UNFIT')
    expect(await refusedCode(await sign(key), { algorithms: ['RS256'] })).toBe('TOKEN_ALGORITHM')
  })

  it('refuses a token that somebody else signed under the kid of the issuer’s key', async () => {
    const refusal = await refusalOf(async () => verifying().verifier.verify(await sign(newKey('k1'))))
    expect([refusal.code, refusal.answer.status]).toEqual(['TOKEN_SIGNATURE', 401])
  })

  it.each([
    ['', 'TOKEN_MALFORMED'],
    ['a.b', 'TOKEN_MALFORMED'],
    ['a.b.c', 'TOKEN_MALFORMED'],
    ['a.b.c.d.e', 'TOKEN_MALFORMED'],
    ['e30.e30.AA==', 'TOKEN_MALFORMED'],
    ['e30.e30.AA', 'TOKEN_ISSUER'],
    ['x'.repeat(100_000), 'TOKEN_TOO_LONG'],
    ['Bearer a.b.c', 'TOKEN_MALFORMED'],
  ])('refuses %.20j', async (token, code) => {
    expect(await refusedCode(token)).toBe(code)
  })

  it.each([
    ['', 'it is empty'],
    ['abc', 'it has 1 part, where 3 were expected'],
    ['a.b', 'it has 2 parts, where 3 were expected'],
    ['a.b.c.d', 'it has 4 parts, where 3 were expected'],
    ['a.b.c.d.e', 'it is encrypted (five parts), and only signed ones are read'],
    ['e30.e30.', 'it is not signed: its signature is empty'],
    ['.e30.AA', 'its header is empty'],
    ['e30..AA', 'its payload is empty'],
    ['e30.e30.AA==', 'its signature has padding ("=") that is not base64url of a JWT'],
    ['e30.e+0.AA', 'its payload has a character that is not base64url of a JWT'],
    ['Bearer e30.e30.AA', 'its header has white space in it'],
    ['e30.e30.AA\n', 'its signature has white space in it'],
  ])('says what %j is instead of a signed token', async (token, reason) => {
    const refusal = await refusalOf(() => verifying().verifier.verify(token))
    expect([refusal.code, refusal.answer.status]).toEqual(['TOKEN_MALFORMED', 401])
    expect(refusal.problem).toBe(`The token is not a signed JWT: ${reason}.`)
  })

  it('refuses what is no text, such as a header that was not sent', async () => {
    const none: unknown = Reflect.apply(verifying().verifier.verify, verifying().verifier, [undefined])
    expect((await refusalOf(() => none)).problem).toBe('The token is not a signed JWT: it is no text.')
  })

  it('lets clients of the list in, and answers others with 403', async () => {
    const { verifier } = verifying({ clients: ['billing', 'shop'] })
    expect((await verifier.verify(await sign(key))).clientId).toBe('billing')
    const refusal = await refusalOf(async () => verifier.verify(await sign(key, keycloakClaims({ azp: 'mallory' }))))
    expect([refusal.code, refusal.answer.status, refusal.answer.error]).toEqual([
      'TOKEN_CLIENT',
      403,
      'insufficient_scope',
    ])
    expect(refusal.problem).toContain('Expected: billing, shop; actual: mallory.')
  })

  it('never says a word of the token', async () => {
    const token = await sign(newKey('k1'), keycloakClaims())
    const refusal = await refusalOf(() => verifying().verifier.verify(token))
    const [, , signature = ''] = token.split('.')
    expect(`${refusal.stack}${JSON.stringify(refusal)}${String(refusal.cause)}`).not.toContain(signature)
  })
})

describe('a token that was verified before', () => {
  it('is known again without its key being asked for, until it expires', async () => {
    const { verifier, clock } = verifying()
    const token = await sign(key)
    const verified = await verifier.verify(token)
    expect(await verifier.verify(token)).toBe(verified)
    clock.milliseconds = (seconds + 300) * 1000
    const again = await verifier.verify(token)
    expect(again).not.toBe(verified)
    expect(await verifier.verify(token)).not.toBe(again)
    clock.milliseconds += 5_000
    expect((await refusalOf(() => verifier.verify(token))).code).toBe('TOKEN_EXPIRED')
  })

  it('goes with its key', async () => {
    const { verifier, issuer, clock } = verifying()
    const token = await sign(key, keycloakClaims({ exp: seconds + 3600 }))
    await verifier.verify(token)
    issuer.keys = [newKey('k2')]
    clock.milliseconds += 700_000
    expect((await refusalOf(() => verifier.verify(token))).code).toBe('TOKEN_KEY_UNKNOWN')
  })

  it('is forgotten when there are too many, and never remembered by wish', async () => {
    for (const rememberedTokens of [2, 0]) {
      const { verifier } = verifying({ rememberedTokens })
      const tokens = await Promise.all(['a', 'b', 'c'].map((jti) => sign(key, keycloakClaims({ jti }))))
      const first = await verifier.verify(tokens[0] ?? '')
      for (const token of tokens) await verifier.verify(token)
      expect(await verifier.verify(tokens[0] ?? '')).not.toBe(first)
    }
  })
})
