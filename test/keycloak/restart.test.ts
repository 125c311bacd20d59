import { clientSecret } from '@federate/core'
import { apiScope, cloudScopes, keycloak } from '@federate/keycloak'
import { basicScope, type RealmDefinition } from '@federate/sandbox'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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
  ],
}

describe.skipIf(!keycloakAvailability().available)('a real Keycloak under /auth that stops and starts again', () => {
  let server: BorrowedKeycloak | undefined
  beforeAll(async () => {
    server = await borrowKeycloak('26.0.8', [realm])
  }, firstStart)
  afterAll(async () => server?.close())
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

    await running().stop()
    expect(await source.getToken(request)).toBe(first)
    // Five seconds before it expires every caller tries for a new one, and gets the old one where there is none.
    later = 1_195_000
    expect(await source.getToken(request)).toBe(first)
    expect(warnings).toHaveLength(1)
    await expect(source.getToken({ ...request, forceRefresh: true })).rejects.toMatchObject({
      code: 'ISSUER_UNREACHABLE',
      outcome: 'unreachable',
    })

    await running().start()
    later = 0
    const second = await source.getToken({ ...request, forceRefresh: true })
    expect(second.fingerprint).not.toBe(first.fingerprint)
    expect(second.header?.['kid']).toBe(first.header?.['kid'])
    expect(second.claims?.['sub']).toBe('service-account-billing')
    const keys = createRemoteJWKSet(new URL(`${issuer}/protocol/openid-connect/certs`))
    for (const token of [first, second])
      await jwtVerify(token.reveal(), keys, { issuer, audience: 'sts.amazonaws.com' })
  })
})
