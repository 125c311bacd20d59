import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isLoopbackHost, isPrivateHost, publicPaths } from './hosts.ts'

describe('isPrivateHost', () => {
  it.each([
    'https://localhost',
    'https://app.localhost',
    'https://keycloak',
    'https://keycloak:8443/realms/prod',
    'https://kc.local',
    'https://kc.corp.internal.',
    'https://kc.svc.cluster.local',
    'https://127.0.0.1',
    'https://0x7f.1',
    'https://10.1.2.3',
    'https://172.16.0.1',
    'https://172.31.255.255',
    'https://192.168.1.1',
    'https://169.254.169.254',
    'https://100.64.0.1',
    'https://[::1]',
    'https://[::]',
    'https://[fe80::1]',
    'https://[febf::1]',
    'https://[fd12:3456::1]',
    'https://[::ffff:10.0.0.1]',
  ])('%s is private', (url) => {
    expect(isPrivateHost(url)).toBe(true)
  })

  it.each([
    'https://keycloak.example.com',
    'https://localhost.example.com',
    'https://8.8.8.8',
    'https://172.15.0.1',
    'https://172.32.0.1',
    'https://192.169.0.1',
    'https://100.128.0.1',
    'https://[2001:4860:4860::8888]',
    'https://[fec0::1]',
    'https://[::ffff:8.8.8.8]',
    'https://fd12.example.com',
  ])('%s is public', (url) => {
    expect(isPrivateHost(url)).toBe(false)
  })

  it('decides for every address, and every loopback one is private', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.ipV4(),
          fc.ipV6().map((address) => `[${address}]`),
        ),
        (host) => {
          const url = `https://${host}/`
          if (isLoopbackHost(new URL(url).hostname)) expect(isPrivateHost(url)).toBe(true)
          else expect(typeof isPrivateHost(url)).toBe('boolean')
        },
      ),
    )
  })
})

describe('publicPaths', () => {
  it('knows the paths of Keycloak', () => {
    expect(publicPaths('https://kc.example.com/auth/realms/prod')).toEqual([
      'https://kc.example.com/auth/realms/prod/.well-known/openid-configuration',
      'https://kc.example.com/auth/realms/prod/protocol/openid-connect/certs',
    ])
  })

  it('takes the keys from where the issuer says', () => {
    expect(publicPaths('https://id.example.com', 'https://keys.example.com/jwks')).toEqual([
      'https://id.example.com/.well-known/openid-configuration',
      'https://keys.example.com/jwks',
    ])
  })

  it('guesses nothing of other issuers', () => {
    expect(publicPaths('https://id.example.com')).toEqual(['https://id.example.com/.well-known/openid-configuration'])
  })
})
