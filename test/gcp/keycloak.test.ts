import { clientSecret, Token, type TokenSource } from '@federate/core'
import { gcpAuthClient } from '@federate/gcp'
import { keycloak } from '@federate/keycloak'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringField } from '../keycloak/admin.ts'
import { keycloakAvailability } from '../keycloak/availability.ts'
import { type KeycloakPlace, keycloakPlace } from '../keycloak/place.ts'
import { firstStart } from '../keycloak/server.ts'
import { account, isTaken, pool, project, twoServices } from './place.ts'

describe.skipIf(!keycloakAvailability().available)('Google Cloud, by tokens of a real Keycloak', () => {
  let started: KeycloakPlace | undefined
  const running = (): KeycloakPlace => {
    if (started === undefined) throw new Error('Keycloak has not started')
    return started
  }

  beforeAll(async () => {
    started = await keycloakPlace(twoServices)
    await started.setup('keycloak')
    await started.setup('gcp')
  }, firstStart)

  afterAll(async () => {
    await started?.place.close()
    await started?.keycloak.close()
  })

  /** A token as Keycloak issues it to a client that nobody configured: its full scope, and its own default audience. */
  const defaultToken = async (): Promise<string> => {
    const { place, keycloak: server } = running()
    const client = { clientId: 'default', secret: 'only-for-tests', serviceAccountsEnabled: true, publicClient: false }
    await server.admin.create('/acme/clients', client)
    const answer = await fetch(`${place.issuer}/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: client.clientId,
        client_secret: client.secret,
      }),
    })
    return stringField(await answer.json(), 'access_token')
  }

  const authClient = (token: TokenSource) => {
    const { sandbox } = running().place
    const { number } = sandbox.gcp.project(project)
    const provider = `projects/${number}/locations/global/workloadIdentityPools/${pool}/providers/keycloak`
    return gcpAuthClient({ token, provider, serviceAccount: account, env: sandbox.env })
  }

  /** How many tokens Keycloak has issued to the service, by its own count. */
  const issued = async (): Promise<number> => {
    const events = await running().keycloak.admin.get('/acme/events?type=CLIENT_LOGIN&client=billing&max=1000')
    return Array.isArray(events) ? events.length : Number.NaN
  }

  it('finds nothing left to do once it is set up and verified', async () => {
    const { status, stdout } = await running().place.federate('plan gcp')
    expect([status, stdout]).toEqual([0, expect.stringContaining('No changes.')])
  })

  it('lends credentials to the service', async () => {
    const { status, stdout } = await running().place.asService(
      'credentials gcp -s billing.federate.json --format token',
    )
    expect(status).toBe(0)
    expect(await isTaken(running().place, stdout.trim())).toBe(true)
  })

  it('asks Keycloak and STS once for a hundred parallel calls', async () => {
    const { place, keycloak: server } = running()
    const { requests } = place.sandbox.gcp
    await server.admin.put('/acme', { eventsEnabled: true, enabledEventTypes: ['CLIENT_LOGIN'] })
    const [before, seen] = [await issued(), requests.length]
    const auth = clientSecret({ file: place.path('secrets/billing') })
    const client = authClient(keycloak({ issuer: place.issuer, clientId: 'billing', auth }))
    const answers = await Promise.all(Array.from({ length: 100 }, () => client.getAccessToken()))
    expect(await issued()).toBe(before + 1)
    expect(requests.slice(seen)).toEqual(['sts.token', 'serviceAccounts.generateAccessToken'])
    const tokens = new Set(answers.map(({ token }) => token))
    expect(tokens.size).toBe(1)
    expect(await isTaken(place, [...tokens][0])).toBe(true)
  })

  it('refuses the token that Keycloak issues by default, and says why', async () => {
    const token = await defaultToken()
    const because = 'The token\'s aud is "account", the provider expects "sts.googleapis.com".'
    await running().place.write('default.jwt', token)
    const ran = await running().place.asService(
      'credentials gcp -s billing.federate.json --no-cache --token-file default.jwt',
    )
    expect([ran.status, ran.stdout]).toEqual([3, ''])
    expect(ran.stderr).toContain('GCP_TOKEN_AUDIENCE')
    expect(ran.stderr).toContain(because)
    expect(ran.stderr).toContain('attach the client scope federate-gcp')
    expect(ran.stderr).not.toContain(token)
    const source = { getToken: async () => new Token(token, new Date(Date.now() + 60_000)) }
    await expect(authClient(source).getAccessToken()).rejects.toMatchObject({
      code: 'GCP_TOKEN_AUDIENCE',
      problem: expect.stringContaining(because),
    })
  })

  it('explains that token beforehand', async () => {
    const { status, stdout } = await running().place.federate('explain gcp billing --token-file default.jwt')
    expect(status).toBe(3)
    expect(stdout).toContain('The audience in ID Token [account] does not match the expected audience')
  })
})
