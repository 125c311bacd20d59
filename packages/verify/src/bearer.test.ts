import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bearerToken } from './bearer.ts'
import { refusalOf } from './issuer.test-kit.ts'
import { Refusal } from './refusal.ts'

const refused = async (authorization: readonly string[], url = '/') => {
  const { code, answer } = await refusalOf(() => bearerToken({ authorization, url }))
  return [code, answer.status, answer.error]
}

describe('bearerToken', () => {
  it.each(['Bearer', 'bearer', 'BEARER', 'bEaReR'])('reads the scheme as %s', (scheme) => {
    expect(bearerToken({ authorization: [`${scheme} a.b.c`], url: '/' })).toBe('a.b.c')
  })

  it.each([
    ['no header', []],
    ['an empty header', ['']],
    ['another scheme', ['Basic YTpi']],
    ['a scheme that only begins so', ['Bearers a.b.c']],
  ])('asks for a token where there is %s', async (_, authorization) => {
    expect(await refused(authorization)).toEqual(['REQUEST_WITHOUT_TOKEN', 401, undefined])
  })

  it.each([
    'Bearer',
    'Bearer ',
    'Bearer a b',
    'Bearer "a"',
    'Bearer a,b',
    'Bearer a, Bearer b',
    'Bearer\ta',
    'Bearer é',
  ])('finds %j malformed', async (header) => {
    const expected =
      header === 'Bearer\ta' ? ['REQUEST_WITHOUT_TOKEN', 401, undefined] : ['REQUEST_MALFORMED', 400, 'invalid_request']
    expect(await refused([header])).toEqual(expected)
  })

  it('refuses two headers, and a header beside a token in the query', async () => {
    expect(await refused(['Bearer a', 'Bearer a'])).toEqual(['REQUEST_SEVERAL_TOKENS', 400, 'invalid_request'])
    expect(await refused(['Bearer a'], '/x?access_token=b')).toEqual(['REQUEST_SEVERAL_TOKENS', 400, 'invalid_request'])
  })

  it('does not read a token in the query, and says so in the log only', async () => {
    const refusal = await refusalOf(() => bearerToken({ authorization: [], url: '/x?a=1&access_token=b' }))
    expect(refusal.problem).toBe(
      'The request has no Authorization header, and a token in its query, where it is not read.',
    )
    expect(refusal.answer).toEqual({ status: 401 })
  })

  it('gives back a token of RFC 6750 or refuses, whatever the header', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^ {0,2}[\w.~+/-]{0,9}={0,2}$/)), (rest) => {
        const wellFormed = /^ +[\w.~+/-]+=*$/.test(` ${rest}`)
        expect(outcome(`Bearer ${rest}`)).toBe(wellFormed ? rest.trimStart() : 'REQUEST_MALFORMED')
      }),
    )
  })
})

function outcome(header: string): string {
  try {
    return bearerToken({ authorization: [header], url: '/' })
  } catch (error) {
    if (error instanceof Refusal) return error.code
    throw error
  }
}
