import { describe, expect, it } from 'vitest'
import { refusalAnswer } from './challenge.ts'
import { type Answer, expiredToken, invalidRequest, noToken, notEnough, Refusal, unavailable } from './refusal.ts'

const answered = (answer: Answer, realm = 'api') =>
  refusalAnswer(new Refusal({ code: 'TEST', problem: 'Internals.', next: 'Nothing.', answer }), realm)

describe('refusalAnswer', () => {
  it('asks for a token without naming an error (RFC 6750 section 3.1)', () => {
    expect(answered(noToken)).toEqual({
      status: 401,
      headers: { 'cache-control': 'no-store', 'www-authenticate': 'Bearer realm="api"' },
      body: '',
    })
  })

  it.each([
    [invalidRequest('Bad'), 400, 'error="invalid_request", error_description="Bad"'],
    [expiredToken, 401, 'error="invalid_token", error_description="The access token expired"'],
    [
      notEnough('a b'),
      403,
      'error="insufficient_scope", error_description="The access token does not allow this", scope="a b"',
    ],
  ])('names the error in header and body', (answer, status, parameters) => {
    const { headers, ...rest } = answered(answer)
    expect(headers['www-authenticate']).toBe(`Bearer realm="api", ${parameters}`)
    expect(rest.status).toBe(status)
    expect(JSON.parse(rest.body)).toEqual({ error: answer.error, error_description: answer.description })
  })

  it('says when to try again where nothing is wrong with the token', () => {
    const { status, headers, body } = answered(unavailable(0.2))
    expect([status, headers['retry-after'], headers['www-authenticate'], body]).toEqual([503, '1', undefined, ''])
  })

  it('quotes what the API’s author named', () => {
    expect(answered(noToken, 'a "b" \\').headers['www-authenticate']).toBe('Bearer realm="a \\"b\\" \\\\"')
  })
})
