import { Token } from '@federate/core'
import { describe, expect, it } from 'vitest'
import { fromEntraAnswer } from './entra-errors.ts'
import { entraRefusals } from './entra-refusals.ts'
import { parseAzureRuntime } from './target.ts'

const now = new Date('2026-11-21T12:00:00Z')
const runtime = parseAzureRuntime(
  {
    tenantId: '2a585d57-a5a8-4688-a60c-9796389eae7a',
    clientId: '868ab87f-fc57-46b2-8815-9b80a74b8922',
    issuer: 'https://kc.example.com/realms/prod',
    subject: 'service-account-billing',
  },
  'test',
)
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

function tokenOf(claims: Record<string, unknown>): Token {
  const usual = { iss: runtime.issuer, sub: runtime.subject, aud: runtime.audience, exp: now.getTime() / 1000 + 600 }
  const header = { alg: 'RS256', typ: 'JWT', kid: 'k1' }
  return new Token(
    `${encode(header)}.${encode({ ...usual, ...claims })}.c2lnbmF0dXJl`,
    new Date(now.getTime() + 600_000),
  )
}

function answerOf(aadsts: string, status = 401, words = 'Entra says no.', headers: Record<string, string> = {}) {
  const trace = 'Trace ID: trace-1 Correlation ID: correlation-1 Timestamp: 2026-11-21 12:00:00Z'
  const description = `AADSTS${aadsts}: ${words} ${trace}`
  const body = JSON.stringify({
    error: 'invalid_client',
    error_description: description,
    error_codes: [Number(aadsts)],
    trace_id: 'trace-1',
    correlation_id: 'correlation-1',
  })
  const peer = { prefix: 'AZURE', name: 'Microsoft Entra' }
  return { peer, url: 'https://login.example.com', status, body, header: (name: string) => headers[name] }
}

const explain = (aadsts: string, claims: Record<string, unknown> = {}) =>
  fromEntraAnswer(answerOf(aadsts), { runtime, token: tokenOf(claims), now })

// The table of the AADSTS codes that are known to answer federated tokens.
const known = [
  ...['70021', '700211', '700212', '700213', '7002138', '700214', '700222', '700223', '700238', '7002381', '7002241'],
  ...['70025', '700025', '700016', '700024', '700027', '7000272', '7000274', '50027', '5002727', '5002738', '5002741'],
  ...['50166', '501661', '90061', '7000215', '53003', '70052', '50005', '900382', '90002', '900023'],
]

describe('a refusal of Entra', () => {
  it.each(known)('AADSTS%s has a code of ours, a cause, a next step and Entra’s ids', (aadsts) => {
    const error = explain(aadsts)
    expect(error.code).toMatch(/^AZURE_[A-Z_]+$/)
    expect(error.code).not.toBe('AZURE_REFUSED')
    expect(error.problem).toContain(`AADSTS${aadsts}: Entra says no.`)
    expect(error.problem).toMatch(/Trace id: trace-1, correlation id: correlation-1\.$/)
    expect(error.next).toMatch(/\.$/)
    expect(error.details).toMatchObject({
      aadsts: `AADSTS${aadsts}`,
      traceId: 'trace-1',
      correlationId: 'correlation-1',
    })
  })

  it('that is in no table is shown as it is', () => {
    expect(explain('99999')).toMatchObject({ code: 'AZURE_REFUSED', details: { aadsts: 'AADSTS99999' } })
  })

  it('stands once in the table', () => {
    const codes = entraRefusals.flatMap(({ aadsts }) => aadsts)
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([])
  })

  it.each([
    [
      '700213',
      { sub: 'service-account-reporting' },
      'service-account-billing',
      'service-account-reporting',
      'character 17',
    ],
    ['700211', { iss: `${runtime.issuer}/` }, runtime.issuer, `${runtime.issuer}/`, 'by the slash at the end'],
    ['700212', { aud: 'account' }, runtime.audience, 'account', 'character 2'],
    ['70021', { aud: 'account' }, runtime.audience, 'account', 'character 2'],
  ])('AADSTS%s names the two values and the place', (aadsts, claims, expected, actual, words) => {
    const error = explain(aadsts, claims)
    expect(error.details).toMatchObject({ expected, actual })
    expect(error.problem).toContain(words)
  })

  it('of what is as it should be says that Entra may not have heard of it yet', () => {
    const error = explain('700213')
    expect(error.problem).toContain('Entra has not heard of it everywhere yet')
    expect(error.details).toMatchObject({ propagating: true, transient: false })
  })

  it.each([
    [429, 'AZURE_THROTTLED', { 'retry-after': '7' }, 7],
    [503, 'AZURE_UNAVAILABLE', {}, undefined],
  ])('with status %i is %s, and passes', (status, code, headers, retryAfter) => {
    const error = fromEntraAnswer(answerOf('90055', status, 'Busy.', headers), { runtime, token: tokenOf({}), now })
    expect(error).toMatchObject({ code, outcome: 'unreachable', details: { transient: true, retryAfter } })
  })

  it('never repeats the assertion', () => {
    const token = tokenOf({})
    const answer = answerOf('50027', 400, `Malformed: ${token.reveal()}`)
    expect(JSON.stringify(fromEntraAnswer(answer, { runtime, token, now }))).not.toContain(token.reveal())
  })
})
