import { cloudScopes } from '@federate/keycloak'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { awsTarget, makeTestFile, type TestFile } from './federate-file.test-kit.ts'
import { realmsFrom } from './realms-from.ts'

let place: TestFile
beforeEach(async () => {
  place = await makeTestFile()
})
afterEach(() => place.remove())

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
        accessTokenLifespan: 1_200,
      },
      {
        clientId: 'reporting',
        defaultScopes: ['basic'],
        optionalScopes: ['api://orders'],
        claims: {},
        accessTokenLifespan: 300,
      },
    ])
  })
})
