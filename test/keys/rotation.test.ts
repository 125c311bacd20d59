import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keycloakAvailability } from '../keycloak/availability.ts'
import { borrowKeycloak } from '../keycloak/borrow.ts'
import { firstStart } from '../keycloak/server.ts'
import { paste, readHandover, tokenIn } from './customer.ts'
import { type KeysPlace, startKeysPlace } from './customer-place.ts'

// In 26.7 the feature is a preview and off; from 26.8 on it is supported (Keycloak, "Client secret rotation").
describe.skipIf(!keycloakAvailability().available)('keys on a Keycloak whose realm rotates secrets', () => {
  let started: KeysPlace | undefined
  const place = (): KeysPlace => {
    if (started === undefined) throw new Error('Keycloak has not started')
    return started
  }
  beforeAll(async () => {
    started = await startKeysPlace(await borrowKeycloak())
    const { admin } = place().keycloak
    const days = 86_400
    const configuration = {
      ...{ 'expiration-period': 29 * days, 'rotated-expiration-period': 2 * days },
      'remaining-rotation-period': 10 * days,
    }
    const profile = { name: 'rotation', executors: [{ executor: 'secret-rotation', configuration }] }
    await admin.put('/acme/client-policies/profiles', { profiles: [profile] })
    const condition = { condition: 'client-access-type', configuration: { type: ['confidential'] } }
    const policy = { name: 'rotation', enabled: true, conditions: [condition], profiles: ['rotation'] }
    await admin.put('/acme/client-policies/policies', { policies: [policy] })
  }, firstStart)
  afterAll(async () => started?.close())

  it('both secrets live, and it is said until when', async () => {
    const before = readHandover((await place().federate('keys issue acme --api orders --role reader')).stdout)
    const { status, stdout, stderr } = await place().federate('keys rotate acme')
    const after = readHandover(stdout)
    expect(status).toBe(0)
    const [, until = ''] = /The old secret is accepted until (\S+)\./.exec(stderr) ?? []
    expect((Date.parse(until) - Date.now()) / 3_600_000).toBeCloseTo(48, 0)
    expect(after.secret).not.toBe(before.secret)
    for (const handover of [before, after]) {
      expect(tokenIn(await paste('shell', handover, place().folder))).toMatch(/^eyJ/)
    }
  })

  it('a revoked key gets no token by either of them', async () => {
    const before = readHandover((await place().federate('keys issue globex --api orders --role reader')).stdout)
    const after = readHandover((await place().federate('keys rotate globex')).stdout)
    await place().federate('keys revoke globex')
    for (const handover of [before, after]) {
      expect(JSON.parse(await paste('shell', handover, place().folder))).toMatchObject({ error: 'invalid_client' })
    }
  })
})
