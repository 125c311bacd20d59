import { clientSecret, Token, type TokenSource } from '@federate/core'
import { gcpAuthClient } from '@federate/gcp'
import { keycloak } from '@federate/keycloak'
import { beforeAll, describe, expect, it } from 'vitest'
import { defaultToken, issuedTo } from '../keycloak/issued-tokens.ts'
import type { KeycloakPlace } from '../keycloak/place.ts'
import { account, isTaken, pool, project } from './place.ts'

/** Google Cloud, with a Keycloak whose side is set up. */
export function googleSuite(running: () => KeycloakPlace): void {
  describe('Google Cloud', () => suite(running))
}

function suite(running: () => KeycloakPlace): void {
  beforeAll(() => running().setup('gcp'))

  const authClient = (token: TokenSource) => {
    const { sandbox } = running().place
    const { number } = sandbox.gcp.project(project)
    const provider = `projects/${number}/locations/global/workloadIdentityPools/${pool}/providers/keycloak`
    return gcpAuthClient({ token, provider, serviceAccount: account, env: sandbox.env })
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
    const { place } = running()
    const { requests } = place.sandbox.gcp
    const issued = () => issuedTo(running(), 'billing')
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
    const token = await defaultToken(running(), 'default-gcp')
    const because = `The token's aud is "account", this target's audience is "sts.googleapis.com".`
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
}
