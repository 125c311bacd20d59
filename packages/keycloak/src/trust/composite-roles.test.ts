import { describe, expect, it } from 'vitest'
import { realmThatHas, signal } from '../admin/fake-realm.test-kit.ts'
import { withComposites } from './composite-roles.ts'
import { RealmState } from './realm-state.ts'

const ofRealm = (name: string, composite = false) => ({ id: name, name, composite, clientRole: false })
const ofOrders = (name: string, composite = false) => ({
  ...{ id: name, name, composite },
  ...{ clientRole: true, containerId: 'uuid' },
})
const clients: [string, unknown] = ['/clients?first=0&max=500', [{ id: 'uuid', clientId: 'api://orders' }]]
const orders: [string, unknown] = [
  '/clients/uuid/roles?briefRepresentation=false',
  [ofOrders('reader'), ofOrders('writer', true)],
]

const expanded = (realm: readonly [string, unknown][], roles: Record<string, readonly string[]>) =>
  withComposites(new Map(Object.entries(roles)), new RealmState(realmThatHas(new Map(realm)).api), signal)

describe('withComposites', () => {
  it('adds what roles bring along, of the realm and of clients, and what is in those in turn', async () => {
    const realm: [string, unknown][] = [
      ...[clients, orders],
      ['/roles?first=0&max=500', [ofRealm('lead', true), ofRealm('auditor')]],
      ['/roles-by-id/lead/composites', [ofRealm('auditor'), ofOrders('writer', true)]],
      // In a circle.
      ['/roles-by-id/writer/composites', [ofOrders('reader'), ofRealm('lead', true)]],
    ]
    const { roles, unknown } = await expanded(realm, { '': ['lead'] })
    expect(Object.fromEntries(roles)).toEqual({ '': ['auditor', 'lead'], 'api://orders': ['reader', 'writer'] })
    expect(unknown).toEqual([])
  })

  it('leaves plain roles as they are, and those that are still to be made', async () => {
    const { roles } = await expanded([clients, orders], { 'api://orders': ['reader', 'new'], 'api://new': ['first'] })
    expect(Object.fromEntries(roles)).toEqual({ 'api://orders': ['new', 'reader'], 'api://new': ['first'] })
  })

  it('says what it could not look at', async () => {
    const forbidden: [string, unknown] = ['/roles?first=0&max=500', 403]
    const { roles, unknown } = await expanded([clients, forbidden], { '': ['auditor'] })
    expect(Object.fromEntries(roles)).toEqual({ '': ['auditor'] })
    expect(unknown).toEqual([
      'Whether roles of the realm bring others along is not known: this administrator may not see them.',
    ])
  })

  it('fails where the server does', async () => {
    const broken: [string, unknown] = ['/roles?first=0&max=500', 500]
    await expect(expanded([clients, broken], { '': ['auditor'] })).rejects.toMatchObject({
      code: 'KEYCLOAK_UNAVAILABLE',
    })
  })
})
