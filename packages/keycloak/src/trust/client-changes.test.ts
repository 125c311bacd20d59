import type { ServiceWish } from '@federate/core'
import { describe, expect, it } from 'vitest'
import { describeMapperChanges, mapperChanges } from './changes.ts'
import { type ActualClient, clientChanges, describeClientChanges, foreignScopes, noClient } from './client-changes.ts'
import { authenticatorOf, type ClientSurroundings, desiredClient } from './desired-client.ts'

const service: ServiceWish = {
  name: 'billing',
  issuerName: 'main',
  issuer: { url: 'https://keycloak.example.com/realms/prod', kind: 'keycloak' },
  clientId: 'billing',
  subject: 'service-account-billing',
  auth: { method: 'client_secret_basic', secret: { file: 'secret' } },
  claims: { environment: 'production' },
  roles: { orders: ['writer', 'reader'] },
  targets: [{ service: 'billing', name: 's3', cloud: 'aws', wish: {} }],
}
const surroundings: ClientSurroundings = {
  owner: 'acme',
  apis: [{ name: 'orders', audience: 'api://orders', roles: ['reader', 'writer'] }],
  markedScopes: new Set(['federate-aws', 'api://orders', 'api://old']),
  keys: undefined,
  vanishingRoles: new Map(),
}
const desired = desiredClient(service, surroundings)

/** The client as it is when everything was done. */
const done: ActualClient = {
  ...noClient(desired),
  id: '1',
  attributes: {
    ...Object.fromEntries(Object.entries(desired.attributes).filter(([, value]) => value !== '')),
    'federate.secret': 'delivered',
  },
  mappers: desired.mappers.map((mapper, index) => ({ ...mapper, id: String(index) })),
  defaultScopes: desired.defaultScopes,
  optionalScopes: desired.optionalScopes,
  roles: desired.roles,
  scopeRoles: desired.roles,
}

function fields(actual: ActualClient, wished = desired): string[] {
  return describeClientChanges(clientChanges(wished, actual, false), wished, actual).map(({ field }) => field)
}

describe('desiredClient', () => {
  it('lets tokens live twenty minutes for clouds, five for own APIs, and as long as is wished', () => {
    const lifetime = (given: Partial<ServiceWish>) =>
      desiredClient({ ...service, ...given }, surroundings).attributes['access.token.lifespan']
    expect([lifetime({}), lifetime({ targets: [] }), lifetime({ tokenLifetime: 90 })]).toEqual(['1200', '300', '90'])
  })
})

describe('the proof of a service', () => {
  const of = (given: Partial<ServiceWish>) => {
    const { authenticator, attributes, holdsKeys } = desiredClient({ ...service, ...given }, surroundings)
    return { authenticator, holdsKeys, attributes }
  }
  const key = { method: 'private_key_jwt', key: { file: 'key.pem' } } as const
  const file = { file: '/run/x' }

  it.each<[string, Partial<ServiceWish>, string, boolean, Record<string, string>]>([
    ['an uploaded key', { auth: key }, 'client-jwt', true, {}],
    [
      'keys that it publishes',
      { auth: key, registration: { jwksUri: 'https://billing.example.com/jwks' } },
      'client-jwt',
      false,
      { 'use.jwks.url': 'true', 'jwks.url': 'https://billing.example.com/jwks', 'use.jwks.string': '' },
    ],
    [
      'a certificate',
      {
        auth: { method: 'tls_client_auth', certificate: file, key: file },
        registration: { certificateSubject: 'CN=billing' },
      },
      'client-x509',
      false,
      { 'x509.subjectdn': 'CN=billing', 'x509.allow.regex.pattern.comparison': 'false' },
    ],
    [
      "another issuer's assertions",
      {
        auth: { method: 'jwt_file', file: '/run/x' },
        registration: { identityProvider: 'kubernetes', assertionSubject: 'system:serviceaccount:acme:billing' },
      },
      'federated-jwt',
      false,
      { 'jwt.credential.issuer': 'kubernetes', 'jwt.credential.sub': 'system:serviceaccount:acme:billing' },
    ],
  ])('is %s', (_name, given, authenticator, holdsKeys, attributes) => {
    expect(of(given)).toMatchObject({ authenticator, holdsKeys, attributes })
  })

  it('is unknown where federate.yaml does not say whose certificate or assertion it is', () => {
    const auth = { method: 'jwt_file', file: '/run/x' } as const
    expect(authenticatorOf({ ...service, auth })).toBeUndefined()
    expect(
      authenticatorOf({ ...service, auth: { method: 'tls_client_auth', certificate: file, key: file } }),
    ).toBeUndefined()
  })
})

describe('clientChanges', () => {
  it('switches off every grant by which a person could get in, and is content where it is off', () => {
    const grant = 'oauth2.device.authorization.grant.enabled'
    const withGrant = (value: string) => ({ ...done, attributes: { ...done.attributes, [grant]: value } })
    expect(fields(withGrant('true'))).toEqual([`attributes.${grant}`])
    expect(clientChanges(desired, withGrant('true'), false).attributes).toEqual({ [grant]: null })
    expect(fields(withGrant('false'))).toEqual([])
  })

  it('finds nothing in a client that is as wished', () => {
    expect(fields(done)).toEqual([])
  })

  it('finds a flow that was switched on, an attribute and a mapper that were changed', () => {
    const [mapper] = done.mappers
    const config = { ...mapper?.config, 'claim.value': 'test' }
    const mappers = mapper === undefined ? [] : [{ ...mapper, config }]
    const changed: ActualClient = {
      ...done,
      flags: { ...done.flags, standardFlowEnabled: true, fullScopeAllowed: true },
      attributes: { ...done.attributes, 'access.token.lifespan': '60' },
      mappers,
    }
    expect(fields(changed)).toEqual([
      'standardFlowEnabled',
      'fullScopeAllowed',
      'attributes.access.token.lifespan',
      'mapper federate-claim-environment claim.value',
    ])
  })

  it('shows of a mapper only the value that differs, and nothing of what Keycloak added', () => {
    const added = { 'userinfo.token.claim': 'true' }
    const mappers = done.mappers.map((mapper) => ({
      ...mapper,
      config: { ...added, ...mapper.config, 'claim.value': 'test' },
    }))
    const changes = describeMapperChanges(mapperChanges(desired.mappers, mappers), mappers)
    expect(changes).toEqual([
      {
        field: 'mapper federate-claim-environment claim.value',
        before: { kind: 'value', value: 'test' },
        after: { kind: 'value', value: 'production' },
      },
    ])
  })

  it("takes off Keycloak's own scopes and ours, and leaves those of others", () => {
    const defaultScopes = ['basic', 'service_account', 'by-hand']
    const optionalScopes = ['api://old', 'api://orders', 'federate-aws', 'phone']
    const { detach, attach } = clientChanges(desired, { ...done, defaultScopes, optionalScopes }, false)
    expect(detach).toEqual({ default: ['service_account'], optional: ['api://old', 'phone'] })
    expect(attach).toEqual({ default: [], optional: [] })
    expect(foreignScopes(desired, { ...done, defaultScopes, optionalScopes })).toEqual(['by-hand'])
  })

  it('takes back the roles that we gave, and leaves those of others', () => {
    const wished = desiredClient({ ...service, roles: { orders: ['reader'] } }, surroundings)
    const roles = new Map([['api://orders', ['by-hand', 'reader', 'writer']]])
    expect(clientChanges(wished, { ...done, roles }, false).roles).toEqual([
      { clientId: 'api://orders', add: [], remove: ['writer'] },
    ])
  })

  it('leaves roles to vanish that their API loses in the same plan', () => {
    const vanishingRoles = new Map([['api://orders', ['writer']]])
    const wished = desiredClient({ ...service, roles: { orders: ['reader'] } }, { ...surroundings, vanishingRoles })
    expect(clientChanges(wished, done, false)).toMatchObject({ roles: [], scopeRoles: [] })
  })

  it('delivers a secret that never arrived, and shows none', () => {
    const { 'federate.secret': _, ...attributes } = done.attributes
    const actual = { ...done, attributes }
    expect(describeClientChanges(clientChanges(desired, actual, false), desired, actual)).toEqual([
      { field: 'secret', before: { kind: 'secret' }, after: { kind: 'secret' } },
    ])
  })

  it('compares keys as JSON, and leaves them where the private key is elsewhere', () => {
    const auth = { method: 'private_key_jwt', key: { file: 'key.pem' } } as const
    const keys = '{"keys":[{"kty":"EC","x":"1"}]}'
    const wished = desiredClient({ ...service, auth }, { ...surroundings, keys })
    const attributes = (there: string) => ({ ...done.attributes, 'use.jwks.string': 'true', 'jwks.string': there })
    const actual = (there: string) => ({ ...done, authenticator: 'client-jwt', attributes: attributes(there) })
    expect(fields(actual('{"keys": [{"x":"1", "kty":"EC"}]}'), wished)).toEqual([])
    expect(fields(actual('{"keys":[]}'), wished)).toEqual(['public keys'])
    const elsewhere = desiredClient({ ...service, auth }, surroundings)
    expect(fields(actual('{"keys":[]}'), elsewhere)).toEqual([])
    expect(fields({ ...done, authenticator: 'client-jwt' }, elsewhere)).toEqual(['public keys'])
  })
})
