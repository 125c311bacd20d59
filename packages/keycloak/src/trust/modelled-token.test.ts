import { describe, expect, it } from 'vitest'
import { audienceMapper, clientRolesMapper, hardcodedClaimMapper, type ProtocolMapper } from '../protocol-mapper.ts'
import { comparable } from './comparable-claims.ts'
import { modelledToken, type TokenMakers, type TokenScope } from './modelled-token.ts'

const withId = (mapper: ProtocolMapper) => ({ ...mapper, id: '1' })
const scope = (name: string, mappers: readonly ProtocolMapper[], roles: Record<string, string[]> = {}): TokenScope => ({
  name,
  attributes: { 'include.in.token.scope': 'true' },
  mappers: mappers.map(withId),
  roles: new Map(Object.entries(roles)),
})
const makers: TokenMakers = {
  issuer: 'https://keycloak.example.com/realms/prod',
  client: {
    clientId: 'billing',
    attributes: {},
    mappers: [withId(hardcodedClaimMapper('environment', 'environment', 'production'))],
    roles: new Map([['api://orders', ['reader', 'writer']]]),
    scopeRoles: new Map([['api://orders', ['reader']]]),
  },
  scopes: [scope('api://orders', [audienceMapper('a', 'api://orders'), clientRolesMapper('r', 'api://orders')])],
  realm: { algorithm: 'RS256', lifetime: 300, longest: 36_000 },
}
const withAttributes = (attributes: Record<string, string>) =>
  modelledToken({ ...makers, client: { ...makers.client, attributes } })

describe('modelledToken', () => {
  it('holds what scopes and client put into it, and the roles that both sides allow', () => {
    const { claims, roles } = modelledToken(makers)
    expect(claims).toEqual({
      iss: makers.issuer,
      typ: 'Bearer',
      azp: 'billing',
      scope: 'api://orders',
      aud: 'api://orders',
      environment: 'production',
      resource_access: { 'api://orders': { roles: ['reader'] } },
    })
    expect(Object.fromEntries(roles.token)).toEqual({ 'api://orders': ['reader'] })
  })

  it('goes without a scope that is for those who have other roles', () => {
    const scopes = [scope('api://orders', [audienceMapper('a', 'api://orders')], { 'api://orders': ['owner'] })]
    expect(modelledToken({ ...makers, scopes }).claims).not.toHaveProperty('aud')
  })

  it('lives as long as the client says, else the realm, and never longer than a session', () => {
    expect(modelledToken(makers).lifetime).toBe(300)
    expect(withAttributes({ 'access.token.lifespan': '1200' }).lifetime).toBe(1200)
    expect(withAttributes({ 'access.token.lifespan': '90000' }).lifetime).toBe(36_000)
  })

  it('is signed as the client says, else the realm', () => {
    expect(modelledToken(makers).algorithm).toBe('RS256')
    expect(withAttributes({ 'access.token.signed.response.alg': 'ES256' }).algorithm).toBe('ES256')
  })

  it('says what it does not know', () => {
    const script = { ...hardcodedClaimMapper('odd', 'x', 'y'), protocolMapper: 'script-odd.js' }
    expect(modelledToken({ ...makers, scopes: [scope('odd', [script])] }).unknown).toEqual([
      'What the mapper odd does to a token is not known: its kind is script-odd.js.',
    ])
    expect(withAttributes({ 'client.use.lightweight.access.token.enabled': 'true' }).unknown).toEqual([
      'The client asks for lightweight tokens, which hold only some of these claims.',
    ])
  })
})

describe('comparable', () => {
  it('leaves out what is of one token, and what an example has no request for', () => {
    const model = { aud: ['b', 'a'], exp: 1, scope: 'b a', client_id: 'billing', roles: [{ b: 1 }, { a: 1 }] }
    expect(comparable(model, { scope: 'openid a b' })).toEqual({
      aud: ['a', 'b'],
      scope: 'a b',
      roles: [{ b: 1 }, { a: 1 }],
    })
    expect(comparable({ scope: 'openid a b', client_id: 'x' }, { client_id: 'x' })).toEqual({
      scope: 'a b',
      client_id: 'x',
    })
  })
})
