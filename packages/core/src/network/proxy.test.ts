import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { errorOf } from '../test-support.ts'
import { isExempt } from './no-proxy.ts'
import { parseProxy, proxyFromEnvironment } from './proxy.ts'

const url = new URL('https://kc.example.com/realms/prod')

describe('proxyFromEnvironment', () => {
  it.each([
    [{ HTTPS_PROXY: 'http://proxy:3128' }, 'http://proxy:3128', 'HTTPS_PROXY'],
    [{ https_proxy: 'http://small:1', HTTPS_PROXY: 'http://large:1' }, 'http://small:1', 'https_proxy'],
    [{ ALL_PROXY: 'proxy:3128', HTTP_PROXY: 'http://other:1' }, 'http://proxy:3128', 'ALL_PROXY'],
    [{ HTTPS_PROXY: ' ', all_proxy: 'https://proxy:8443/' }, 'https://proxy:8443', 'all_proxy'],
  ])('takes %j for https', (environment, origin, setBy) => {
    const proxy = proxyFromEnvironment(url, environment)
    expect(proxy?.url.origin).toBe(origin)
    expect(proxy?.setBy).toBe(setBy)
  })

  it.each([
    ['nothing set', url, {}],
    ['the other protocol', url, { HTTP_PROXY: 'http://proxy:1' }],
    ['NO_PROXY', url, { HTTPS_PROXY: 'http://proxy:1', NO_PROXY: '.example.com' }],
    ['this machine', new URL('https://127.0.0.1:8443/'), { HTTPS_PROXY: 'http://proxy:1' }],
    ['this machine by name', new URL('https://localhost/'), { HTTPS_PROXY: 'http://proxy:1' }],
    [
      'a header of a CGI client',
      new URL('http://kc.example.com/'),
      { HTTP_PROXY: 'http://evil:1', REQUEST_METHOD: 'GET' },
    ],
  ])('goes directly for %s', (_, target, environment) => {
    expect(proxyFromEnvironment(target, environment)).toBeUndefined()
  })

  it('decodes credentials, and keeps them out of the URL', () => {
    const proxy = parseProxy('http://acme%5Cjane:p%40ss%3Aword@proxy:3128', 'HTTPS_PROXY')
    expect(Buffer.from(proxy.authorization?.slice(6) ?? '', 'base64').toString()).toBe('acme\\jane:p@ss:word')
    expect(proxy.url.href).toBe('http://proxy:3128/')
  })

  it.each([
    'socks5://user:canary@proxy:1080',
    'http://',
    'http://user:canary%@proxy',
    'http://us er:canary@pro xy',
    '',
  ])('refuses %s without showing it', async (text) => {
    const error = await errorOf(() => parseProxy(text, 'HTTPS_PROXY'))
    expect(error).toMatchObject({ code: 'PROXY_URL', outcome: 'usage' })
    expect(error.problem).toContain('The proxy in HTTPS_PROXY is ')
    expect(`${error.stack}${String(error.cause)}`).not.toContain('canary')
  })
})

describe('NO_PROXY', () => {
  it.each([
    ['*', 'https://kc.example.com/', true],
    ['example.com', 'https://kc.example.com/', true],
    ['example.com', 'https://example.com/', true],
    ['.example.com', 'https://kc.example.com/', true],
    ['*.example.com', 'https://kc.example.com/', true],
    ['EXAMPLE.com.', 'https://KC.example.com./', true],
    ['example.com', 'https://badexample.com/', false],
    ['kc.example.com:8443', 'https://kc.example.com:8443/', true],
    ['kc.example.com:8443', 'https://kc.example.com/', false],
    ['kc.example.com:443', 'https://kc.example.com/', true],
    ['kc.example.com:80', 'http://kc.example.com/', true],
    ['a, kc.example.com b', 'https://kc.example.com/', true],
    ['10.0.0.0/8', 'https://10.1.2.3/', true],
    ['10.0.0.0/8', 'https://11.1.2.3/', false],
    ['10.0.0.0/99', 'https://10.1.2.3/', false],
    ['10.1.2.3', 'https://10.1.2.3/', true],
    ['10.1.2.3:8443', 'https://10.1.2.3/', false],
    ['1.2.3', 'https://10.1.2.3/', false],
    ['fd00::/8', 'https://[fd00::1]/', true],
    ['[fd00::1]', 'https://[fd00:0::1]/', true],
    ['[fd00::1]:8443', 'https://[fd00::1]:8443/', true],
    ['fd00::1', 'https://[fd00::2]/', false],
    ['', 'https://kc.example.com/', false],
    ['.', 'https://kc.example.com/', false],
  ])('"%s" and %s: %s', (noProxy, target, exempt) => {
    expect(isExempt(new URL(target), noProxy)).toBe(exempt)
  })

  it('can be anything', () => {
    const part = fc.oneof(fc.string(), fc.ipV4(), fc.ipV6(), fc.domain())
    fc.assert(
      fc.property(fc.array(part), fc.webUrl(), (entries, target) => {
        const exempt = isExempt(new URL(target), entries.join(','))
        expect(typeof exempt).toBe('boolean')
        expect(isExempt(new URL(target), [...entries, new URL(target).host].join(','))).toBe(true)
      }),
    )
  })
})
