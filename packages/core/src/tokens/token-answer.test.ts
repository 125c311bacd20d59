import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FederateError } from '../errors.ts'
import { errorOf, FakeClock, fakeAnswer, type Reply, signedJwt } from '../test-support.ts'
import { readTokenAnswer } from './token-answer.ts'

const clock = new FakeClock()
const seconds = clock.now() / 1000
const good = { access_token: 'opaque', token_type: 'Bearer', expires_in: 300 }
const read = (body: object, headers: Reply['headers'] = {}) =>
  readTokenAnswer(fakeAnswer({ body, headers }), clock.now(), clock.now)

describe('readTokenAnswer', () => {
  it.each([
    [{}, 300],
    [{ token_type: 'bearer' }, 300],
    [{ expires_in: '60' }, 60],
    [{ refresh_expires_in: 0, 'not-before-policy': 0 }, 300],
  ])('reads %j', (change, lifetime) => {
    const token = read({ ...good, ...change })
    expect(token.reveal()).toBe('opaque')
    expect(token.expiresAt.getTime()).toBe(clock.now() + lifetime * 1000)
  })

  it('counts from the moment of sending', () => {
    const token = readTokenAnswer(fakeAnswer({ body: good }), clock.now() - 5000, clock.now)
    expect(token.expiresAt.getTime()).toBe(clock.now() + 295_000)
  })

  it('takes the lifetime from the JWT where the answer does not say', async () => {
    const skewed = await signedJwt({ iat: seconds + 100, exp: seconds + 400 })
    expect(read({ access_token: skewed, token_type: 'Bearer' }).expiresAt.getTime()).toBe(clock.now() + 300_000)
    const withoutIat = await signedJwt({ exp: seconds + 200 })
    expect(read({ access_token: withoutIat, token_type: 'Bearer' }).expiresAt.getTime()).toBe(clock.now() + 200_000)
  })

  it.each([
    [3600, 60, 60],
    [60, 3600, 60],
  ])('believes the earlier end where expires_in is %s and the claims say %s', async (expires_in, life, expected) => {
    const access_token = await signedJwt({ iat: seconds, exp: seconds + life })
    const token = read({ access_token, token_type: 'Bearer', expires_in })
    expect(token.expiresAt.getTime()).toBe(clock.now() + expected * 1000)
  })

  it('exposes a large token as it is', async () => {
    const large = await signedJwt({
      exp: seconds + 300,
      groups: Array.from({ length: 2000 }, (_, index) => `group-${index}`),
    })
    expect(large.length).toBeGreaterThan(25_000)
    expect(read({ ...good, access_token: large }).reveal()).toBe(large)
  })

  it.each([
    [{ token_type: 'DPoP' }, 'a token_type that is "DPoP", where Bearer was expected'],
    [{ token_type: undefined }, 'a token_type that is missing'],
    [{ access_token: undefined }, 'has no access_token'],
    [{ access_token: '' }, 'has no access_token'],
    [{ access_token: 'a\r\nb' }, 'characters that no Bearer token may have'],
    [{ expires_in: -1 }, 'an expires_in of -1'],
    [{ expires_in: 0 }, 'its token lives 0 s'],
    [{ expires_in: 1e12 }, 'an expires_in of 1000000000000'],
    [{ expires_in: '5m' }, 'an expires_in of "5m"'],
    [{ expires_in: {} }, 'an expires_in of object'],
    [{ expires_in: undefined }, 'how long it lives is not known'],
  ])('refuses %j', async (change, problem) => {
    const error = await errorOf(() => read({ ...good, ...change }))
    expect(error).toMatchObject({ code: 'ISSUER_ANSWER_INVALID', outcome: 'failed' })
    expect(error.problem).toContain(problem)
  })

  it('refuses a token that had expired, and names the clock that explains it', async () => {
    const access_token = await signedJwt({ iat: seconds - 300, exp: seconds - 60 })
    const error = await errorOf(() =>
      read({ ...good, access_token }, { date: new Date(clock.now() - 300_000).toUTCString() }),
    )
    expect(error).toMatchObject({
      code: 'TOKEN_EXPIRED_ON_ARRIVAL',
      outcome: 'failed',
      details: { clockAheadSeconds: 300 },
    })
    expect(error.problem).toBe(
      "The token from https://kc.example.com/token had expired when it came: it expires at 2026-11-20T11:59:00.000Z, and here it is 2026-11-20T12:00:00.000Z. This host's clock is 5m ahead of the issuer's.",
    )
    expect(error.next).toContain('NTP')
  })

  it('does not blame clocks that agree', async () => {
    const access_token = await signedJwt({ exp: seconds - 1 })
    const error = await errorOf(() => read({ ...good, access_token }, { date: new Date(clock.now()).toUTCString() }))
    expect(error.problem).not.toContain('clock')
    expect(error.next).toContain('Raise the lifetime')
  })

  it('gives a token that lives, or throws its own error', () => {
    const anything = fc.record(
      {
        access_token: fc.oneof(fc.string(), fc.jsonValue()),
        token_type: fc.oneof(fc.constant('Bearer'), fc.jsonValue()),
        expires_in: fc.jsonValue(),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(anything, (body) => {
        try {
          expect(read(body).expiresAt.getTime()).toBeGreaterThan(clock.now())
        } catch (error) {
          expect(error).toBeInstanceOf(FederateError)
        }
      }),
    )
  })
})
