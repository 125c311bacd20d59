import type { JsonValue } from '@federate/core/plan'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mappedClaims } from './mappers.ts'
import {
  audienceMapper,
  clientRolesMapper,
  hardcodedClaimMapper,
  type ProtocolMapper,
  realmRolesMapper,
  userPropertyMapper,
} from './protocol-mapper.ts'
import { ofRealm } from './token-roles.ts'

const subject = { clientId: 'billing', serviceAccountUserName: 'service-account-billing', serviceAccountId: 'uuid' }

/** A mapper with these config values instead of its own. */
function changed(mapper: ProtocolMapper, config: Record<string, string>): ProtocolMapper {
  return { ...mapper, config: { ...mapper.config, ...config } }
}

describe('mappedClaims', () => {
  it('makes one audience a string and several a list, each once', () => {
    const [one, two] = [audienceMapper('one', 'a'), audienceMapper('two', 'b')]
    expect(mappedClaims([one], subject)).toEqual({ aud: 'a' })
    expect(mappedClaims([one, two, one], subject)).toEqual({ aud: ['a', 'b'] })
  })

  it('gives back every claim under its own name and with its own type', () => {
    const name = fc
      .string({ minLength: 1 })
      .filter((text) => !['aud', 'jti', 'typ', 'iat', 'exp', 'iss', 'scope'].includes(text))
    const reserved = new Set(['nonce', 'session_state', 'sid'])
    fc.assert(
      fc.property(name, fc.jsonValue(), (claim, value) => {
        fc.pre(!reserved.has(claim))
        const json: JsonValue = JSON.parse(JSON.stringify(value))
        const claims = mappedClaims([hardcodedClaimMapper('claim', claim, json)], subject)
        expect(Object.keys(claims)).toEqual([claim])
        expect(Object.getOwnPropertyDescriptor(claims, claim)?.value).toEqual(json)
      }),
    )
  })

  it('reads unescaped dots as a path into objects, and keeps what is there', () => {
    const mapper = hardcodedClaimMapper('claim', 'x', 'v')
    const claims = mappedClaims(
      [
        changed(mapper, { 'claim.name': 'a.b.c' }),
        changed(mapper, { 'claim.name': 'a.b.d' }),
        changed(mapper, { 'claim.name': 'a\\.b' }),
      ],
      subject,
    )
    expect(claims).toEqual({ a: { b: { c: 'v', d: 'v' } }, 'a.b': 'v' })
  })

  it('leaves prototypes alone', () => {
    const mapper = hardcodedClaimMapper('claim', 'x', 'v')
    mappedClaims([changed(mapper, { 'claim.name': '__proto__.polluted' })], subject)
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })

  it('leaves alone what no mapper can change', () => {
    const mappers = ['iss', 'exp', 'iat', 'jti', 'typ', 'scope'].map((name) => hardcodedClaimMapper(name, name, 'x'))
    expect(mappedClaims(mappers, subject)).toEqual({})
  })

  it('leaves out what is not for access tokens', () => {
    expect(mappedClaims([changed(audienceMapper('a', 'a'), { 'access.token.claim': 'false' })], subject)).toEqual({})
  })

  it('reads the properties of the service account', () => {
    const mappers = [userPropertyMapper('a', 'username', 'sub'), userPropertyMapper('b', 'id', 'account')]
    expect(mappedClaims(mappers, subject)).toEqual({ sub: 'service-account-billing', account: 'uuid' })
  })

  it('puts roles where the mapper says, and nothing where there are none', () => {
    const roles = new Map([
      [ofRealm, ['auditor']],
      ['api://a.b', ['reader']],
      ['other', ['x']],
    ])
    const eachClient = 'resource_access.$' + '{client_id}.roles'
    const ofAll = changed(clientRolesMapper('all', ''), { 'claim.name': eachClient })
    const mapped = (...mappers: ProtocolMapper[]) => mappedClaims(mappers, { ...subject, roles })
    expect(mapped(realmRolesMapper('r'), clientRolesMapper('c', 'api://a.b'))).toEqual({
      realm_access: { roles: ['auditor'] },
      resource_access: { 'api://a.b': { roles: ['reader'] } },
    })
    expect(mapped(ofAll)).toEqual({
      resource_access: { 'api://a.b': { roles: ['reader'] }, other: { roles: ['x'] } },
    })
    expect(mapped(clientRolesMapper('c', 'nobody'))).toEqual({})
    expect(mappedClaims([realmRolesMapper('r'), ofAll], subject)).toEqual({})
  })

  it('lets other mappers override the subject, wherever the subject mapper stands', () => {
    const plain = { ...userPropertyMapper('sub', '', ''), protocolMapper: 'oidc-sub-mapper' }
    expect(mappedClaims([plain], subject)).toEqual({ sub: 'uuid' })
    expect(mappedClaims([userPropertyMapper('a', 'username', 'sub'), plain], subject)).toEqual({
      sub: 'service-account-billing',
    })
  })

  const claim = hardcodedClaimMapper('claim', 'x', 'v')
  it.each([
    [
      'another kind',
      { ...claim, protocolMapper: 'oidc-script-based-protocol-mapper' },
      'oidc-script-based-protocol-mapper',
    ],
    ['another user property', userPropertyMapper('claim', 'credentials', 'x'), 'credentials'],
    ['a number that is none', changed(claim, { 'jsonType.label': 'long' }), 'not a whole number'],
    ['JSON that is none', changed(claim, { 'jsonType.label': 'JSON', 'claim.value': '{' }), 'not JSON'],
    ['another type', changed(claim, { 'jsonType.label': 'date' }), 'date'],
    ['no claim name', changed(claim, { 'claim.name': '' }), 'names no claim'],
    ['one role for many', changed(realmRolesMapper('roles'), { multivalued: 'false' }), 'one role'],
    [
      'an audience mapper without audience',
      { ...audienceMapper('a', 'a'), config: { 'access.token.claim': 'true' } },
      'no audience',
    ],
    ['a hardcoded audience', hardcodedClaimMapper('claim', 'aud', 'x'), 'audience'],
  ])('refuses %s', (_name, mapper, reason) => {
    expect(() => mappedClaims([mapper], subject)).toThrowError(
      expect.objectContaining({ code: 'KEYCLOAK_MAPPER_UNKNOWN', problem: expect.stringContaining(reason) }),
    )
  })
})
