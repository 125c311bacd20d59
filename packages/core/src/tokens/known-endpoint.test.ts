import { describe, expect, it } from 'vitest'
import { clientSecret } from '../authentication/client-secret.ts'
import { errorOf, fakeFetch, issuerUrl, type Reply, signedJwt, systemError } from '../test-support.ts'
import { clientCredentials } from './client-credentials.ts'

const known = `${issuerUrl}/protocol/openid-connect/token`
const discovery = `${issuerUrl}/.well-known/openid-configuration`
const issued: Reply = { body: { access_token: 'opaque', token_type: 'Bearer', expires_in: 300 } }
const refused: Reply = { status: 401, body: { error: 'invalid_client', error_description: 'Invalid client' } }
const says = (metadata: object): Reply => ({ body: { issuer: issuerUrl, token_endpoint: known, ...metadata } })

type Answers = Readonly<Record<string, Reply | (() => Reply)>>

/** A client whose token endpoint is known, at an issuer that answers so; all else is 404. */
function clientOf(answers: Answers) {
  const { fetch, calls } = fakeFetch(({ url }) => {
    const answer = answers[url] ?? { status: 404 }
    return typeof answer === 'function' ? answer() : answer
  })
  const source = clientCredentials({
    issuer: issuerUrl,
    clientId: 'billing',
    auth: clientSecret({ value: 'only-for-tests' }),
    tokenEndpoint: known,
    fetch,
    sleep: async () => undefined,
  })
  return { source, asked: () => calls.map(({ url }) => url) }
}

describe('a token endpoint that is known by the kind of the issuer', () => {
  it('is asked at once, and nothing else', async () => {
    const { source, asked } = clientOf({ [known]: issued })
    expect((await source.getToken()).reveal()).toBe('opaque')
    await source.getToken({ forceRefresh: true })
    expect(asked()).toEqual([known, known])
  })

  it('is left for the one that the metadata names, for good, when it is not there', async () => {
    const other = `${issuerUrl}/other`
    const { source, asked } = clientOf({ [discovery]: says({ token_endpoint: other }), [other]: issued })
    await source.getToken()
    await source.getToken({ forceRefresh: true })
    expect(asked()).toEqual([known, discovery, other, other])
  })

  it('is left when a page for people answers there', async () => {
    const other = `${issuerUrl}/other`
    const page = { headers: { 'content-type': 'text/html' }, body: '<html>' }
    const { source } = clientOf({ [known]: page, [discovery]: says({ token_endpoint: other }), [other]: issued })
    expect((await source.getToken()).reveal()).toBe('opaque')
  })

  it('is no issuer where nothing answers', async () => {
    const { source } = clientOf({})
    const error = await errorOf(() => source.getToken())
    expect(error.code).toBe('ISSUER_NOT_FOUND')
    expect(error.problem).toContain(`${discovery} and `)
  })

  it('says itself that it is not there, where the metadata names it', async () => {
    const { source } = clientOf({ [discovery]: says({}) })
    expect(await errorOf(() => source.getToken())).toMatchObject({
      code: 'ISSUER_NOT_FOUND',
      problem: `The token endpoint ${known} answers 404.`,
    })
  })

  it.each<[string, Answers]>([
    ['the metadata says the same', { [discovery]: says({}) }],
    ['the metadata is not to be had', { [discovery]: { status: 403 } }],
    ['the metadata is not there', {}],
    [
      'the metadata cannot be reached',
      {
        [discovery]: () => {
          throw systemError('ECONNRESET')
        },
      },
    ],
  ])('refuses a client by its own words where %s', async (_name, answers) => {
    const { source, asked } = clientOf({ [known]: refused, ...answers })
    const error = await errorOf(() => source.getToken())
    expect(error.code).toBe('ISSUER_REFUSED_CLIENT')
    expect(error.problem).toContain('invalid_client, "Invalid client"')
    expect(asked().slice(0, 2)).toEqual([known, discovery])
  })

  it('refuses a client because the issuer has another name, where it has', async () => {
    const issuer = 'https://sso.example.com/realms/prod'
    const { source } = clientOf({ [known]: refused, [discovery]: says({ issuer }) })
    expect(await errorOf(() => source.getToken())).toMatchObject({
      code: 'ISSUER_MISMATCH',
      details: { asked: issuerUrl, stated: issuer },
    })
  })

  it('gives no token of another issuer, which answers under this name, too', async () => {
    const iss = 'https://sso.example.com/realms/prod'
    const exp = Math.floor(Date.now() / 1000) + 300
    const token = await signedJwt({ iss, exp, iat: exp - 300 })
    const { source, asked } = clientOf({ [known]: { body: { access_token: token, token_type: 'Bearer' } } })
    const error = await errorOf(() => source.getToken())
    expect(error).toMatchObject({
      code: 'ISSUER_MISMATCH',
      outcome: 'refused',
      details: { asked: issuerUrl, stated: iss },
    })
    expect(error.problem).toBe(
      `The issuer was given as ${issuerUrl}, but the token from ${known} says that its issuer is ${iss}; the "iss" of its tokens would not match.`,
    )
    expect(asked()).toEqual([known])
  })

  it.each([
    ['a scope is refused', { status: 400, body: { error: 'invalid_scope' } }, 'ISSUER_REFUSED_SCOPE', 1],
    ['the issuer is out of order', { status: 503 }, 'ISSUER_UNAVAILABLE', 3],
    ['too much is asked', { status: 429 }, 'ISSUER_UNAVAILABLE', 3],
  ])('is not doubted when %s', async (_name, answer, code, tries) => {
    const { source, asked } = clientOf({ [known]: answer, [discovery]: says({}) })
    expect((await errorOf(() => source.getToken())).code).toBe(code)
    expect(asked()).toEqual(Array.from({ length: tries }, () => known))
  })
})
