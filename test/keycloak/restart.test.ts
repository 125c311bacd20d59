import { clientSecret } from '@federate/core'
import { apiScope, cloudScopes, keycloak } from '@federate/keycloak'
import { basicScope, type RealmDefinition } from '@federate/sandbox'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AgentsInOutage } from '../agent/agents-in-outage.ts'
import { agentOnBadNetwork } from '../agent/bad-network.suite.ts'
import { briefClients, services } from '../agent/outage-world.ts'
import { secondBySecond, wrongAnswers } from '../agent/watch.ts'
import { keycloakAvailability } from './availability.ts'
import { type BorrowedKeycloak, borrowKeycloak } from './borrow.ts'
import { firstStart } from './server.ts'

const realm: RealmDefinition = {
  name: 'acme',
  scopes: [...cloudScopes, apiScope('api://orders')],
  clients: [
    {
      clientId: 'billing',
      secret: 'only-for-tests',
      defaultScopes: [basicScope],
      optionalScopes: ['federate-aws', 'api://orders'],
      claims: {},
      accessTokenLifespan: 1_200,
    },
    ...briefClients,
  ],
}

describe.skipIf(!keycloakAvailability().available)('a real Keycloak under /auth that dies and starts again', () => {
  let server: BorrowedKeycloak | undefined
  let agents: AgentsInOutage | undefined
  beforeAll(async () => {
    server = await borrowKeycloak('26.0.8', [realm])
    agents = await AgentsInOutage.start(server.issuer('acme'))
  }, firstStart)
  afterAll(async () => {
    await agents?.close()
    await server?.close()
  })
  const running = (): BorrowedKeycloak => {
    if (server === undefined) throw new Error('Keycloak has not started')
    return server
  }

  it('is not missed while the token lives, and serves the next one', { timeout: firstStart }, async () => {
    const issuer = running().issuer('acme')
    expect(new URL(issuer).pathname).toBe('/auth/realms/acme')
    let later = 0
    const warnings: string[] = []
    const source = keycloak({
      issuer,
      clientId: 'billing',
      auth: clientSecret({ value: 'only-for-tests' }),
      now: () => Date.now() + later,
      sleep: async () => {},
      warn: (message) => warnings.push(message),
    })
    const request = { audience: 'sts.amazonaws.com' }
    const first = await source.getToken(request)
    expect(first.claims?.['iss']).toBe(issuer)

    await running().kill()
    agents?.mark('gone')
    expect(await source.getToken(request)).toBe(first)
    // In its last ten seconds every caller tries for a new one, and gets the old one where there is none.
    later = first.expiresAt.getTime() - Date.now() - 9_000
    expect(await source.getToken(request)).toBe(first)
    expect(warnings).toHaveLength(1)
    await expect(source.getToken({ ...request, forceRefresh: true })).rejects.toMatchObject({
      code: 'ISSUER_UNREACHABLE',
      outcome: 'unreachable',
    })

    await running().start()
    agents?.mark('back')
    later = 0
    const second = await source.getToken({ ...request, forceRefresh: true })
    expect(second.fingerprint).not.toBe(first.fingerprint)
    expect(second.header?.['kid']).toBe(first.header?.['kid'])
    expect(second.claims?.['sub']).toBe('service-account-billing')
    const keys = createRemoteJWKSet(new URL(`${issuer}/protocol/openid-connect/certs`))
    for (const token of [first, second])
      await jwtVerify(token.reveal(), keys, { issuer, audience: 'sts.amazonaws.com' })
  })

  it('was not missed by clients of an agent either, unless it was away for longer than their credentials live', {
    timeout: firstStart,
  }, async () => {
    if (agents === undefined) throw new Error('no agent has started')
    const { lasting, brief, roles, failures, marks } = await agents.end()
    process.stdout.write(
      `\nKeycloak killed and started again, ${JSON.stringify({ ...marks, failures })}\n  ${secondBySecond(brief).join('\n  ')}\n`,
    )
    expect(new Set(lasting.map(({ status }) => status))).toEqual(new Set([200]))
    expect(new Set(lasting.map(({ key }) => key)).size).toBe(services.length)
    expect(wrongAnswers(brief, roles)).toEqual([])
    expect(brief.at(-1)?.status).toBe(200)
    // One at a time tries for all, at the latest every 15 seconds; each on its own only until that is known.
    expect(failures).toBeLessThan(3 * services.length + (marks.served - marks.gone) / 2)
  })

  agentOnBadNetwork(running)
})
