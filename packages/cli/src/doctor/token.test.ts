import { generateKeyPairSync, type KeyPairKeyObjectResult, sign } from 'node:crypto'
import { Token, type TokenRequest } from '@federate/core'
import { beforeAll, expect, it } from 'vitest'
import { Checks } from './place.ts'
import { checkToken } from './token.ts'

const now = Date.UTC(2026, 0, 1)
let token: Token
let [keys, otherKeys] = ['', '']

beforeAll(() => {
  const [own, other] = [keyPair(), keyPair()]
  keys = published(own)
  otherKeys = published(other)
  const claims = { sub: 'service-account-billing', aud: ['sts.amazonaws.com'] }
  token = new Token(signed(claims, own), new Date(now + 1_200_000))
})

function keyPair(): KeyPairKeyObjectResult {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

function published({ publicKey }: KeyPairKeyObjectResult): string {
  return JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), alg: 'ES256' }] })
}

function signed(claims: object, { privateKey }: KeyPairKeyObjectResult): string {
  const parts = [{ alg: 'ES256' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  const signature = sign('sha256', Buffer.from(parts.join('.')), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return [...parts, signature.toString('base64url')].join('.')
}

async function checked(audience: string | undefined, given: Token, published: string | undefined) {
  const checks = new Checks()
  const asked: TokenRequest[] = []
  const source = {
    getToken: async (request: TokenRequest = {}) => {
      asked.push(request)
      return given
    },
  }
  const usable = await checkToken(checks, audience, { source, keys: published, now: () => now })
  return {
    usable,
    asked,
    checks: checks.all.map(({ rule, outcome, detail, error }) => [rule, outcome, error?.code ?? detail]),
  }
}

const good = ['token', 'passed', 'sub service-account-billing, aud sts.amazonaws.com, for 20m']

it('passes a token for the audience that a published key verifies', async () => {
  expect(await checked('sts.amazonaws.com', token, keys)).toEqual({
    usable: true,
    asked: [{ audience: 'sts.amazonaws.com' }],
    checks: [good, ['signature', 'passed', 'a key that the issuer publishes holds']],
  })
})

it('fails on one for another audience', async () => {
  expect(await checked('sts.googleapis.com', token, keys)).toMatchObject({
    usable: false,
    checks: [
      ['token', 'failed', 'TOKEN_AUDIENCE'],
      ['signature', 'not reached', 'There is no token.'],
    ],
  })
})

it('fails on a signature that no published key verifies', async () => {
  expect(await checked(undefined, token, otherKeys)).toMatchObject({
    usable: false,
    asked: [{}],
    checks: [good, ['signature', 'failed', 'TOKEN_SIGNATURE']],
  })
})

it('does not reach the signature where the keys are not known, and leaves the rest to the cloud', async () => {
  expect(await checked(undefined, token, undefined)).toMatchObject({
    usable: true,
    checks: [good, ['signature', 'not reached', 'The keys of the issuer are not known.']],
  })
})

it('says of an opaque token what it can', async () => {
  const opaque = new Token('opaque-and-secret', new Date(now + 60_000))
  const { usable, checks } = await checked('api://orders', opaque, keys)
  expect(usable).toBe(true)
  expect(checks).toEqual([['token', 'passed', 'opaque, for 1m; clouds take only JWTs']])
})
