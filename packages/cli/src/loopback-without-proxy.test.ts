import { describe, expect, it } from 'vitest'
import { loopbackWithoutProxy } from './loopback-without-proxy.ts'

const loopback = 'localhost,127.0.0.1,::1'

describe('loopbackWithoutProxy', () => {
  it.each([
    [{}, undefined],
    [{ NO_PROXY: 'a.example' }, undefined],
    [{ HTTPS_PROXY: '' }, undefined],
    [{ HTTPS_PROXY: 'http://10.0.0.1:3128' }, loopback],
    [{ all_proxy: 'socks5://10.0.0.1' }, loopback],
    [{ http_proxy: 'http://10.0.0.1', no_proxy: ' a.example, ' }, `a.example,${loopback}`],
    [{ HTTP_PROXY: 'http://10.0.0.1', NO_PROXY: '127.0.0.1,b.example' }, '127.0.0.1,b.example,localhost,::1'],
  ])('%j', (env, expected) => {
    const all = expected === undefined ? {} : { no_proxy: expected, NO_PROXY: expected }
    expect(loopbackWithoutProxy(env)).toEqual(all)
  })
})
