import { nodeFetch } from '@federate/core'
import { describe, expect, it } from 'vitest'
import { billing, type TrustWorld, type Wishes } from './trust-world.ts'

/** How often Keycloak is asked. */
export function requestSuite(world: TrustWorld): void {
  const requestsOf = async (wishes: Wishes) => {
    let requests = 0
    const fetch: Wishes['fetch'] = async (url, init) => {
      const answer = await nodeFetch()(url, init)
      // What 26.0 stumbles over now and then is asked again, and is still one.
      if (answer.status < 500) requests += 1
      return answer
    }
    expect(world.actions(await world.plan({ ...wishes, fetch }))).toEqual([])
    return requests
  }

  describe('the number of requests', () => {
    it('of a plan without changes is that of the lists, and one for each service with roles', async () => {
      const services = [{ name: 'one' }, { name: 'two' }, billing]
      await world.setup({ services })
      // Login, realm, scopes, clients, two lists of default scopes, roles of the API, those who have each of the two.
      const lists = 9
      expect(await requestsOf({ services })).toBe(lists + 1)
    })
  })
}
