import { beforeAll, describe, expect, it } from 'vitest'
import { paste, readHandover, tokenIn } from './customer.ts'
import type { KeysPlace } from './customer-place.ts'

const day = 86_400

/**
 * Two secrets that live at a time, where a policy of the realm wants it. In both versions the feature is a preview and has
 * to be switched on; from 26.8 on it is supported (Keycloak, "Client secret rotation").
 */
export function rotationSuite(place: () => KeysPlace): void {
  describe('in a realm whose policy rotates secrets', () => {
    beforeAll(async () => {
      const { admin } = place().keycloak
      const configuration = {
        ...{ 'expiration-period': 29 * day, 'rotated-expiration-period': 2 * day },
        'remaining-rotation-period': 10 * day,
      }
      const profile = { name: 'rotation', executors: [{ executor: 'secret-rotation', configuration }] }
      await admin.put('/acme/client-policies/profiles', { profiles: [profile] })
      const condition = { condition: 'client-access-type', configuration: { type: ['confidential'] } }
      const policy = { name: 'rotation', enabled: true, conditions: [condition], profiles: ['rotation'] }
      await admin.put('/acme/client-policies/policies', { policies: [policy] })
    })

    it('both secrets live after a rotation, and it is said until when; revoked, neither does', async () => {
      const before = readHandover((await place().federate('keys issue turning --api orders --role reader')).stdout)
      const { status, stdout, stderr } = await place().federate('keys rotate turning')
      const after = readHandover(stdout)
      expect([status, stderr]).toEqual([0, expect.stringMatching(/The old secret is accepted until \S+Z\./)])
      const [, until = ''] = /until (\S+)\./.exec(stderr) ?? []
      expect((Date.parse(until) - Date.now()) / 3_600_000).toBeCloseTo(48, 0)
      expect(after.secret).not.toBe(before.secret)
      for (const handover of [before, after]) {
        expect(tokenIn(await paste('shell', handover, place().folder))).toMatch(/^eyJ/)
      }
      await place().federate('keys revoke turning')
      for (const handover of [before, after]) {
        expect(JSON.parse(await paste('shell', handover, place().folder))).toMatchObject({ error: 'invalid_client' })
      }
    })
  })
}
