import { describe, expect, it } from 'vitest'
import { realmThatHas, signal } from '../admin/fake-realm.test-kit.ts'
import { WriteIds } from './write-ids.ts'

describe('the ids that writes need', () => {
  it('are listed once, by all who need them at the same time and later', async () => {
    const { api, asked } = realmThatHas(new Map([['/client-scopes', [{ id: '1', name: 'basic' }]]]))
    const ids = new WriteIds(api)
    const lists = await Promise.all([ids.scopes(['basic'], signal), ids.scopes(['basic'], signal)])
    expect([...lists, await ids.scopes(['basic'], signal)].map((list) => list.get('basic'))).toEqual(['1', '1', '1'])
    expect(asked).toEqual(['/client-scopes'])
  })

  it('are listed again when one is missing that a write before has made', async () => {
    const scopes = [{ id: '1', name: 'basic' }]
    const { api, asked } = realmThatHas(new Map([['/client-scopes', scopes]]))
    const ids = new WriteIds(api)
    expect((await ids.scopes(['federate-aws'], signal)).has('federate-aws')).toBe(false)
    scopes.push({ id: '2', name: 'federate-aws' })
    const lists = await Promise.all([ids.scopes(['federate-aws'], signal), ids.scopes(['federate-aws'], signal)])
    expect(lists.map((list) => list.get('federate-aws'))).toEqual(['2', '2'])
    expect(asked).toHaveLength(2)
  })

  it('of roles say where they are mapped, and leave out what does not exist', async () => {
    const { api } = realmThatHas(
      new Map<string, unknown>([
        ['/clients?clientId=api%3A%2F%2Forders', [{ id: 'uuid', clientId: 'api://orders' }]],
        ['/clients?clientId=gone', []],
        ['/clients/uuid/roles?briefRepresentation=false', [{ id: '7', name: 'reader' }]],
        ['/roles?first=0&max=500', [{ id: '8', name: 'auditor' }]],
      ]),
    )
    const ids = new WriteIds(api)
    const found = async (owner: string, names: readonly string[]) =>
      (await ids.roles(owner, names, signal)).map(({ place, role }) => `${place} ${role.id}`)
    expect(await found('api://orders', ['reader', 'none'])).toEqual(['/clients/uuid 7'])
    expect(await found('', ['auditor'])).toEqual(['/realm 8'])
    expect(await found('gone', ['reader'])).toEqual([])
  })
})
