import { cloudScopes } from '@federate/keycloak'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { awsTarget, makeTestFile, type TestFile } from './federate-file.test-kit.ts'
import { realmsFrom } from './realms-from.ts'

let place: TestFile
beforeEach(async () => {
  place = await makeTestFile()
})
afterEach(() => place.remove())

const withoutRoles = { mappers: [], roles: new Map() }
const nobody = { clients: new Map(), workloads: undefined }

describe('realmsFrom', () => {
  it('makes a client of every service, with the scopes of its clouds and of all APIs', () => {
    const file = place.file(
      { targets: [awsTarget('billing', '210987654321')], claims: { environment: 'production' } },
      { name: 'reporting' },
    )
    const realm = realmsFrom(file, {
      clients: new Map([['billing', { secret: 'only-for-tests' }]]),
      workloads: undefined,
    }).get(place.issuer)
    expect(realm?.name).toBe('acme')
    expect(realm?.scopes.map((scope) => scope.name)).toEqual([...cloudScopes.map(({ name }) => name), 'api://orders'])
    expect(realm?.clients).toEqual([
      {
        clientId: 'billing',
        secret: 'only-for-tests',
        defaultScopes: ['basic'],
        optionalScopes: ['federate-aws', 'api://orders'],
        claims: { environment: 'production' },
        ...withoutRoles,
        userName: 'service-account-billing',
        accessTokenLifespan: 1_200,
      },
      {
        clientId: 'reporting',
        defaultScopes: ['basic'],
        optionalScopes: ['api://orders'],
        claims: {},
        ...withoutRoles,
        userName: 'service-account-reporting',
        accessTokenLifespan: 300,
      },
    ])
  })

  it('gives services their roles, their subject and the life of their tokens', () => {
    const wished = { roles: { orders: ['reader'] }, realmRoles: ['auditor'], clientRoles: { inventory: ['counter'] } }
    const file = place.file({ ...wished, subject: 'billing@clients', tokenLifetime: 600 })
    const [api] = file.apis.map((one) => ({ ...one, roles: ['reader', 'writer'] }))
    const realms = realmsFrom({ ...file, apis: api === undefined ? [] : [api] }, nobody)
    const realm = realms.get(place.issuer)
    const [client] = realm?.clients ?? []
    expect(client?.roles).toEqual(
      new Map([
        ['api://orders', ['reader']],
        ['', ['auditor']],
        ['inventory', ['counter']],
      ]),
    )
    expect(client).toMatchObject({ userName: 'billing@clients', accessTokenLifespan: 600 })
    const names = (mappers: readonly { readonly name: string }[] = []) => mappers.map(({ name }) => name)
    expect(names(client?.mappers)).toEqual(['federate-realm-roles', 'federate-roles-inventory'])
    const scope = realm?.scopes.find(({ name }) => name === 'api://orders')
    expect(names(scope?.mappers)).toEqual(['federate-audience', 'federate-roles'])
  })
})
