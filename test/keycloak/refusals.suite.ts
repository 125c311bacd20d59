import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { FederateError } from '@federate/core'
import { describe, expect, it } from 'vitest'
import { administrator, billing, type TrustWorld, type Wishes } from './trust-world.ts'

/** What is refused, with its code and its words. */
export function refusalSuite(world: TrustWorld): void {
  describe('a refusal', () => {
    it.each<[string, (realm: string) => Wishes, string, string]>([
      [
        'a role of an API that the file does not have',
        () => ({ services: [{ ...billing, roles: { orders: ['owner'] } }] }),
        'KEYCLOAK_ROLE_UNKNOWN',
        'The service billing wants the role owner of the API orders, which federate.yaml does not have; it has: reader, writer.',
      ],
      [
        'an API that the file does not have',
        () => ({ services: [{ ...billing, roles: { order: ['reader'] } }] }),
        'KEYCLOAK_ROLE_UNKNOWN',
        'The service billing wants the API order, which federate.yaml does not have; it has: orders.',
      ],
      [
        'a role that the realm does not have',
        () => ({ services: [{ ...billing, realmRoles: ['auditor'] }] }),
        'KEYCLOAK_ROLE_MISSING',
        'The service billing wants the role auditor of the realm, and the realm REALM has no such role.',
      ],
      [
        'a role that a client does not have',
        () => ({ services: [{ ...billing, clientRoles: { account: ['owner'] } }] }),
        'KEYCLOAK_ROLE_MISSING',
        'The service billing wants the role owner of the client account, and the realm REALM has no such role.',
      ],
      [
        'a role of a client that the realm does not have',
        () => ({ services: [{ ...billing, clientRoles: { inventory: ['reader'] } }] }),
        'KEYCLOAK_ROLE_MISSING',
        'The service billing wants the role reader of the client inventory, and the realm REALM has no client inventory.',
      ],
      [
        'a wrong password',
        () => ({ env: { ...administrator, FEDERATE_KEYCLOAK_PASSWORD: 'not-the-one' } }),
        'KEYCLOAK_LOGIN_REFUSED',
        'Keycloak refused the administrator admin in the realm master. URL/realms/master/protocol/openid-connect/token answered 40x: Invalid user credentials.',
      ],
      [
        'nobody who administers',
        () => ({ env: {} }),
        'KEYCLOAK_ACCESS_MISSING',
        'Nothing says who administers Keycloak.',
      ],
    ])('%s', async (_what, wishes, code, problem) => {
      const error: unknown = await world.plan(wishes(world.realm)).catch((thrown: unknown) => thrown)
      const said = problem.replaceAll('REALM', world.realm).replaceAll('URL', world.server.url)
      expect(error).toMatchObject({ code })
      // Which of the two it is differs between versions.
      expect(error instanceof FederateError && error.problem.replace(/answered 40[01]/, 'answered 40x')).toBe(said)
      expect(String(error)).not.toContain('not-the-one')
      expect(world.actions(await world.plan({ services: [], apis: [] }))).toEqual([])
    })

    it('the realm is missing', async () => {
      world.realm = 'nowhere'
      await expect(world.plan()).rejects.toMatchObject({
        code: 'KEYCLOAK_REALM_MISSING',
        problem: expect.stringContaining('There is no realm nowhere.'),
      })
    })

    it('a user has the name of a service account to be', async () => {
      await world.admin.create(`/${world.realm}/users`, { username: 'service-account-billing', enabled: true })
      await expect(world.plan()).rejects.toMatchObject({
        code: 'KEYCLOAK_USER_NAME_TAKEN',
        problem: `A user of the realm ${world.realm} is called service-account-billing, which is to be the name of the service account of billing: in the clouds the two would be one.`,
      })
    })

    it('a scope that a service names is not there', async () => {
      const services = [{ defaultScopes: ['basic', 'profil'] }]
      await expect(world.plan({ services })).rejects.toMatchObject({
        code: 'KEYCLOAK_NO_SCOPE',
        problem:
          'The service billing wants the client scope profil, which the realm does not have. Did you mean profile?',
      })
    })

    it('the realm has no scope basic', async () => {
      await world.admin.delete(`/${world.realm}/client-scopes/${await world.idOf('/client-scopes', 'name', 'basic')}`)
      await expect(world.plan()).rejects.toMatchObject({
        code: 'KEYCLOAK_NO_BASIC_SCOPE',
        problem: expect.stringMatching(
          /has no client scope basic, .* the server is Keycloak 26\.\d+\.\d+, and 25 is the first/,
        ),
      })
    })

    it.each<[string, RequestListener]>([
      ['a page for people', (_request, response) => response.setHeader('content-type', 'text/html').end('<html>')],
      ['another JSON API', (_request, response) => response.writeHead(404).end('{"error":"not found"}')],
    ])('no Keycloak answers, but %s', async (_what, listener) => {
      const other = createServer(listener)
      await once(other.listen(0, '127.0.0.1'), 'listening')
      const address = other.address()
      try {
        const adminUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
        await expect(world.plan({ adminUrl })).rejects.toMatchObject({
          code: 'KEYCLOAK_NOT_FOUND',
          outcome: 'unreachable',
          problem: expect.stringContaining(`No Keycloak with a realm master is there: ${adminUrl}`),
        })
      } finally {
        other.close()
      }
    })

    it("a subject is longer than Google's 127 bytes: a warning", async () => {
      const warnings: string[] = []
      const clientId = 'b'.repeat(112)
      const targets = [{ service: 'billing', name: 'lake', cloud: 'gcp', wish: {} }]
      await world.plan({ services: [{ ...billing, clientId, targets }] }, {}, warnings)
      expect(warnings).toEqual([
        `The subject of billing in gcp, service-account-${clientId}, has 128 bytes, and gcp takes at most 127: give the service a shorter clientId.`,
      ])
    })
  })
}
