import { describe, expect, it } from 'vitest'
import { systemError } from '../test-support.ts'
import { networkCode, unreachable } from './network-failure.ts'

describe('unreachable', () => {
  it.each([
    ['ECONNREFUSED', 'nothing listens there', 'issuer is running', true],
    ['ENOTFOUND', 'cannot be resolved', 'DNS', true],
    ['ETIMEDOUT', 'no answer in time', 'firewall', true],
    ['ECONNRESET', 'closed before', 'log of the server', true],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate is not signed', 'NODE_EXTRA_CA_CERTS', false],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate is not signed', 'NODE_EXTRA_CA_CERTS', false],
    ['CERT_HAS_EXPIRED', 'has expired', 'Renew', false],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'other host names', 'host name', false],
    ['EPROTO', 'TLS handshake', 'serves https', false],
    ['ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_UNKNOWN', 'refused the client certificate', 'trusts the authority', false],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'or missed one', 'trusts the authority', false],
    ['HPE_INVALID_CONSTANT', 'does not speak HTTP', 'Check the port', false],
    ['EOTHER', 'the request failed', 'network', true],
  ])('explains %s', (code, what, next, transient) => {
    const error = unreachable('http://[::1]:8080/realms/prod', systemError(code))
    expect(error.problem).toMatch(/^The issuer at \[::1\]:8080 cannot be reached: /)
    expect(error.problem).toContain(what)
    expect(error.problem).toContain(`(${code})`)
    expect(error.next).toContain(next)
    expect(error.details).toEqual({ host: '[::1]:8080', networkCode: code, transient })
  })

  it('names the default ports', () => {
    expect(unreachable('https://a.example/x', 'why').problem).toContain('a.example:443')
    expect(unreachable('http://localhost/x', 'why').problem).toContain('localhost:80')
  })
})

describe('networkCode', () => {
  it('finds the code below the error of the global fetch, and among several addresses', () => {
    expect(networkCode(new TypeError('fetch failed', { cause: systemError('ECONNRESET') }))).toBe('ECONNRESET')
    expect(networkCode(new AggregateError([systemError('ECONNREFUSED'), systemError('ENETUNREACH')]))).toBe(
      'ECONNREFUSED',
    )
  })

  it('takes the timeout of AbortSignal as one', () => {
    expect(networkCode(Object.assign(new Error('late'), { name: 'TimeoutError' }))).toBe('ETIMEDOUT')
  })

  it('gives nothing where there is nothing', () => {
    expect(networkCode(new Error('x'))).toBeUndefined()
    expect(networkCode('x')).toBeUndefined()
  })
})
