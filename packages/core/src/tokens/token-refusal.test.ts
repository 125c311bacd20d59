import { describe, expect, it } from 'vitest'
import { FakeClock, fakeAnswer, type Reply } from '../test-support.ts'
import { type Asked, tokenRefusal } from './token-refusal.ts'

const clock = new FakeClock()
const asked: Asked = { clientId: 'billing', method: 'client_secret_basic', scope: 'federate-aws', secrets: [] }

function refusal(status: number, body: string | object, change: Partial<Asked> = {}, headers: Reply['headers'] = {}) {
  return tokenRefusal(fakeAnswer({ status, body, headers }), { ...asked, ...change }, clock.now)
}

describe('tokenRefusal', () => {
  it.each([
    [401, 'invalid_client'],
    [400, 'invalid_client'],
    [401, 'unauthorized_client'],
  ])('%d %s is a refused client', (status, error) => {
    const result = refusal(status, { error, error_description: 'Invalid client or Invalid client credentials' })
    expect(result).toMatchObject({ code: 'ISSUER_REFUSED_CLIENT', outcome: 'refused', details: { status, error } })
    expect(result.message).toBe(
      `https://kc.example.com/token refused the client "billing", which proved itself by client_secret_basic (status ${status}): ${error}, "Invalid client or Invalid client credentials". Check that the client exists and is enabled, that the secret is its current one, and that it is set to "Client Id and Secret".`,
    )
  })

  it('knows the client without service account', () => {
    const body = { error: 'unauthorized_client', error_description: 'Client not enabled to retrieve service account' }
    expect(refusal(401, body).next).toContain('"Service accounts roles"')
  })

  it('speaks of the key where a key was used, and of the clock where that explains it', () => {
    const change = { method: 'private_key_jwt' }
    expect(refusal(400, { error: 'invalid_client' }, change).next).toContain('public half of this very key')
    const late = refusal(400, { error: 'invalid_client' }, change, {
      date: new Date(clock.now() + 300_000).toUTCString(),
    })
    expect(late.problem).toContain("This host's clock is 5m behind the issuer's.")
    expect(late.next).toContain('NTP')
  })

  it('names the scopes of invalid_scope', () => {
    const result = refusal(400, { error: 'invalid_scope', error_description: 'Invalid scopes: federate-aws' })
    expect(result).toMatchObject({
      code: 'ISSUER_REFUSED_SCOPE',
      outcome: 'refused',
      details: { scope: 'federate-aws' },
    })
    expect(result.problem).toContain('refused the scopes "federate-aws" to the client "billing"')
    expect(result.next).toContain('client scope with exactly that name')
    expect(result.next).toContain('optional scope')
  })

  it.each([
    [400, { error: 'unauthorized_client' }, 'ISSUER_REFUSED', 'refused'],
    [403, { error: 'access_denied', error_description: 'no' }, 'ISSUER_REFUSED', 'refused'],
    [400, { detail: 'x' }, 'ISSUER_REFUSED', 'refused'],
    [400, '<html>', 'ISSUER_NOT_JSON', 'unreachable'],
    [404, { error: 'Realm does not exist' }, 'ISSUER_NOT_FOUND', 'unreachable'],
    [413, '<html>', 'ISSUER_REFUSED_SIZE', 'refused'],
    [431, '', 'ISSUER_REFUSED_SIZE', 'refused'],
    [429, '', 'ISSUER_UNAVAILABLE', 'unreachable'],
    [500, '<html>', 'ISSUER_UNAVAILABLE', 'unreachable'],
    [503, '', 'ISSUER_UNAVAILABLE', 'unreachable'],
  ])('%d %j', (status, body, code, outcome) => {
    const error = (() => {
      try {
        return refusal(status, body)
      } catch (thrown) {
        return thrown
      }
    })()
    expect(error).toMatchObject({ code, outcome, details: { status } })
  })

  it('gives Retry-After on, counted by the clock of the server', () => {
    const headers = { date: 'Fri, 20 Nov 2026 11:00:00 GMT', 'retry-after': 'Fri, 20 Nov 2026 11:00:30 GMT' }
    expect(refusal(503, '', {}, headers).details).toMatchObject({ retryAfter: 30, transient: true })
  })

  it('does not repeat secrets that the issuer repeats, in any form', () => {
    const secret = 'p4ss&wörd'
    const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]
    const body = { error: 'invalid_request', error_description: `bad: ${forms.join(' | ')}` }
    const { message } = refusal(400, body, { secrets: [secret] })
    for (const form of forms) expect(message).not.toContain(form)
    expect(message).toContain('bad: [redacted] | [redacted] | [redacted]')
  })
})
