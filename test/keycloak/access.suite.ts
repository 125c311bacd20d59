import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeFetch } from '@federate/core'
import { describe, expect, it } from 'vitest'
import { billing, type TrustWorld, type Wishes } from './trust-world.ts'

/** Who may change a realm, and under which names the server is known. */
/** @param rolesForAll whether every administrator of clients and users is shown the realm's roles, as on 26.0; who has them needs view-realm there, too. */
export function accessSuite(world: TrustWorld, rolesForAll = false): void {
  const deployer = async (more: object) => {
    const body = { clientId: 'deployer', serviceAccountsEnabled: true, secret: 'only-for-tests', ...more }
    await world.admin.create(`/${world.realm}/clients`, body)
  }
  const smallest = ['view-clients', 'view-users', 'manage-clients', 'manage-users']
  const bySecret = { FEDERATE_KEYCLOAK_CLIENT_ID: 'deployer', FEDERATE_KEYCLOAK_CLIENT_SECRET: 'only-for-tests' }

  describe('the administrator', () => {
    it('is told which role is missing, and needs no more than the smallest set', async () => {
      await deployer({})
      await expect(world.plan({ env: bySecret })).rejects.toMatchObject({
        code: 'KEYCLOAK_FORBIDDEN',
        outcome: 'refused',
        next: expect.stringMatching(
          /^Give the administrator the role view-\w+ of the client realm-management in the realm /,
        ),
      })
      await world.grant('deployer', 'realm-management', smallest.slice(0, 2))
      const seen = await world.plan({ env: bySecret })
      await expect(world.apply(seen)).rejects.toMatchObject({
        code: 'APPLY_FAILED',
        details: { because: { code: 'KEYCLOAK_FORBIDDEN', details: { role: 'manage-clients' } } },
      })
      await world.grant('deployer', 'realm-management', smallest.slice(2))
      await world.setup({ env: bySecret })
      expect(world.actions(await world.plan({ env: bySecret }))).toEqual([])

      await world.admin.create(`/${world.realm}/roles`, { name: 'auditor' })
      const wishes: Wishes = { env: bySecret, services: [billing, { name: 'audit', realmRoles: ['auditor'] }] }
      if (rolesForAll) await world.grant('deployer', 'realm-management', ['view-realm', 'manage-realm'])
      else {
        await expect(world.plan(wishes)).rejects.toMatchObject({
          code: 'KEYCLOAK_FORBIDDEN',
          details: { role: 'view-realm' },
        })
        await world.grant('deployer', 'realm-management', ['view-realm'])
        await expect(world.setup(wishes)).rejects.toMatchObject({
          details: { because: { code: 'KEYCLOAK_FORBIDDEN', details: { role: 'manage-realm' } } },
        })
        await world.grant('deployer', 'realm-management', ['manage-realm'])
      }
      await world.setup(wishes)
      expect(world.actions(await world.plan(wishes))).toEqual([])
      await world.destroy(wishes)
    })

    it('logs in by a signed assertion', async () => {
      const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
      const jwks = JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }] })
      const attributes = { 'use.jwks.string': 'true', 'jwks.string': jwks }
      await deployer({ clientAuthenticatorType: 'client-jwt', attributes })
      await world.grant('deployer', 'realm-management', smallest)
      const folder = await mkdtemp(join(tmpdir(), 'federate-admin-'))
      try {
        const file = join(folder, 'key.pem')
        await writeFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }))
        const env = { FEDERATE_KEYCLOAK_CLIENT_ID: 'deployer', FEDERATE_KEYCLOAK_CLIENT_KEY_FILE: file }
        await world.setup({ env })
        // Behind another name the realm expects assertions for that one.
        await world.admin.put(`/${world.realm}`, { attributes: { frontendUrl: 'https://login.example.com/auth' } })
        const issuer = `https://login.example.com/auth/realms/${world.realm}`
        expect(world.actions(await world.plan({ env, issuer, adminUrl: world.server.url }))).toEqual([])
      } finally {
        await rm(folder, { recursive: true })
      }
    })

    it('stays logged in when the session is ended at the server, or its token is old', async () => {
      await deployer({ attributes: { 'access.token.lifespan': '16' } })
      await world.grant('deployer', 'realm-management', smallest)
      let logins = 0
      let forged = false
      await world.setup({
        env: bySecret,
        fetch: (url, init) => {
          if (url.endsWith('/token')) logins += 1
          if (!url.includes('/client-scopes') || forged) return nodeFetch()(url, init)
          forged = true
          return nodeFetch()(url, {
            ...init,
            headers: { ...init.headers, authorization: 'Bearer of-an-ended-session' },
          })
        },
      })
      expect(logins).toBeGreaterThan(1)
      expect(world.actions(await world.plan())).toEqual([])
    })
  })

  describe('a realm with a frontend URL', () => {
    it('is administered at another address, and its tokens bear the public name', async () => {
      await world.admin.put(`/${world.realm}`, { attributes: { frontendUrl: 'https://login.example.com' } })
      const issuer = `https://login.example.com/realms/${world.realm}`
      const wishes: Wishes = { issuer, adminUrl: `${world.server.url}/` }
      await world.setup(wishes)
      expect(world.actions(await world.plan(wishes))).toEqual([])
      const { tokens } = await world.trust(wishes)
      const service = world.service({ ...billing, issuer: { url: issuer, kind: 'keycloak' } })
      const preview = await tokens.preview(service, 'sts.amazonaws.com', world.context().signal)
      expect(preview).toMatchObject({ claims: { iss: issuer, sub: 'service-account-billing' }, differences: [] })
    })
  })
}
