import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunningAgent } from '../cli/running-agent.ts'
import { firstStart, type RunningKeycloak } from '../keycloak/server.ts'
import { type BadNetwork, startBadNetwork, type Toxic, toxiproxyAvailable } from '../tokens/toxiproxy.ts'
import { allFresh, failures, OutageWorld, services } from './outage-world.ts'
import { secondBySecond, Watch, wrongAnswers } from './watch.ts'

/** Longer than a renewal is put off, shorter than credentials live. */
const faultLasts = 3000

/** What clients of an agent see while the network to the issuer, or to the cloud, is bad. */
export function agentOnBadNetwork(keycloak: () => Pick<RunningKeycloak, 'issuer'>): void {
  describe.skipIf(!toxiproxyAvailable())('an agent whose network is bad', () => {
    const networks: Record<string, BadNetwork> = {}
    let world: OutageWorld
    let agent: RunningAgent
    let watch: Watch
    beforeAll(async () => {
      const { port, pathname } = new URL(keycloak().issuer('acme'))
      const issuer = await startBadNetwork(Number(port))
      world = await OutageWorld.make(`http://127.0.0.1:${issuer.port}${pathname}`)
      const cloud = await startBadNetwork(world.sts.port)
      Object.assign(networks, { issuer, cloud })
      agent = await world.agent('bad-network', cloud.port)
      watch = new Watch(agent, services)
    }, firstStart)
    afterAll(async () => {
      await watch?.end()
      await world?.close()
      await Promise.all(Object.values(networks).map((network) => network.close()))
    })

    const late: Toxic = { type: 'latency', attributes: { latency: 400, jitter: 200 } }
    const slow: Toxic = { type: 'slicer', attributes: { average_size: 16, size_variation: 8, delay: 1000 } }
    const reset: Toxic = { type: 'reset_peer', attributes: { timeout: 0 } }
    const halfOpen: Toxic = { type: 'timeout', attributes: { timeout: 0 } }

    it.each<[string, Toxic, readonly ('issuer' | 'cloud')[]]>([
      ['late answers', late, ['issuer', 'cloud']],
      ['slow bytes', slow, ['issuer', 'cloud']],
      ['half-open connections', halfOpen, ['issuer', 'cloud']],
      ['resets', reset, ['issuer']],
      ['resets', reset, ['cloud']],
    ])(
      '%s, %o, of %o: what lives is lent, nothing else ever, and all is well afterwards',
      async (fault, toxic, where) => {
        await allFresh(agent)
        const from = watch.now
        const [requests, failed] = [world.sts.requests, await failures(agent)]
        await Promise.all(where.map((place) => networks[place]?.make(toxic)))
        await wait(faultLasts)
        await Promise.all(where.map((place) => networks[place]?.make()))
        const mended = watch.now
        await allFresh(agent)
        const back = watch.now - mended
        const seen = watch.seen.filter(({ at }) => at >= from).map((one) => ({ ...one, at: one.at - from }))
        const spent = { exchanges: world.sts.requests - requests, failures: (await failures(agent)) - failed }
        const seconds = Math.max(15, watch.now - from)
        process.stdout.write(
          `\n${fault} of ${where} for ${faultLasts} ms; all fresh ${Math.round(back * 1000)} ms later; ${JSON.stringify(spent)}\n  ${secondBySecond(seen).join('\n  ')}\n`,
        )
        expect(seen.length).toBeGreaterThan(services.length * 10)
        expect(wrongAnswers(seen, world.sts.roles)).toEqual([])
        // Nobody asks more than a service a second, with three tries each.
        expect(spent.exchanges).toBeLessThan(services.length * 3 * seconds)
        expect(spent.failures).toBeLessThan(services.length * 5)
      },
    )
  })
}
