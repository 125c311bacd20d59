import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { routeOf } from './routes.ts'

describe('routeOf', () => {
  it.each(['', '/auth', '/a/b'])('finds every endpoint of a realm below "%s", whatever its name', (basePath) => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (realm) => {
        const root = `${basePath}/realms/${encodeURIComponent(realm)}`
        const at = (path: string) => routeOf(`${root}${path}`, basePath)
        expect(at('/protocol/openid-connect/token')).toEqual({ kind: 'endpoint', endpoint: 'token', realm })
        expect(at('/protocol/openid-connect/revoke')).toEqual({ kind: 'endpoint', endpoint: 'revocation', realm })
        expect(at('/protocol/openid-connect/logout')).toEqual({ kind: 'endpoint', endpoint: 'logout', realm })
        expect(at('/protocol/openid-connect/certs/')).toEqual({ kind: 'endpoint', endpoint: 'keys', realm })
        expect(at('/.well-known/openid-configuration')).toEqual({ kind: 'endpoint', endpoint: 'discovery', realm })
        expect(at('/sandbox/rotate-keys')).toEqual({ kind: 'rotate keys', realm })
        expect(at('')).toMatchObject({ kind: 'nothing in realm', realm })
      }),
    )
  })

  it('finds the form of RFC 8414', () => {
    const route = { kind: 'endpoint', endpoint: 'discovery', realm: 'acme' }
    expect(routeOf('/auth/.well-known/oauth-authorization-server/realms/acme', '/auth')).toEqual(route)
  })

  it('answers any path, and nothing outside of the base path', () => {
    fc.assert(
      fc.property(fc.webPath(), (path) => {
        expect(routeOf(path, '').kind).toBeTypeOf('string')
        fc.pre(!path.startsWith('/auth/'))
        expect(routeOf(path, '/auth')).toEqual({ kind: 'nothing' })
      }),
    )
    expect(routeOf('/authrealms/acme', '/auth')).toEqual({ kind: 'nothing' })
    expect(routeOf('/realms/acme/constructor', '')).toMatchObject({ kind: 'nothing in realm' })
  })
})
