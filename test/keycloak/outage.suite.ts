import { nodeFetch } from '@federate/core'
import { expect, it } from 'vitest'
import type { TrustWorld } from './trust-world.ts'

/** Keycloak goes away while a plan is applied. */
export function outageSuite(world: TrustWorld): void {
  it('Keycloak is stopped in the middle: another run goes on where it ended', async () => {
    let writes = 0
    const plan = await world.plan({
      fetch: async (url, init) => {
        if (init.method !== 'GET' && url.includes('/admin/') && ++writes === 4) await world.server.stop()
        return nodeFetch()(url, init)
      },
    })
    const stopped: unknown = await world.apply(plan).catch((error: unknown) => error)
    await world.server.start()
    expect(stopped).toMatchObject({ code: 'APPLY_FAILED', details: { because: { code: 'ISSUER_UNREACHABLE' } } })
    await world.setup()
    expect(world.actions(await world.plan())).toEqual([])
    expect(await world.claimsOf('api://orders')).toHaveProperty('resource_access')
  }, 300_000)
}
