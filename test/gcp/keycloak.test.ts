import { join } from 'node:path'
import { clientSecret, Token, tryReadJwt } from '@federate/core'
import { readFederateFile } from '@federate/core/config'
import { gcpAuthClient } from '@federate/gcp'
import { gcp } from '@federate/gcp/cloud'
import { keycloak } from '@federate/keycloak'
import { type Sandbox, startSandbox } from '@federate/sandbox'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringField } from '../keycloak/admin.ts'
import { keycloakAvailability } from '../keycloak/availability.ts'
import { firstStart } from '../keycloak/server.ts'
import { type KeysPlace, startKeysPlace } from '../keys/customer-place.ts'
import { account, isTaken, pool, project } from './place.ts'

const yaml = `version: 1
owner: acme
issuers:
  main: { url: https://keycloak.example.com/realms/acme, kind: keycloak }
services:
  billing:
    auth: { method: client_secret_basic, secret: { file: secrets/billing } }
    claims: { environment: production }
    targets:
      lake: { cloud: gcp, project: ${project}, serviceAccount: billing, roles: [roles/storage.objectViewer] }
`

describe.skipIf(!keycloakAvailability().available)('Google Cloud, by tokens of a real Keycloak', () => {
  let started: { readonly place: KeysPlace; readonly sandbox: Sandbox } | undefined
  const running = () => {
    if (started === undefined) throw new Error('Keycloak has not started')
    return started
  }

  beforeAll(async () => {
    const place = await startKeysPlace({}, yaml)
    const targetSchemas = new Map([[gcp.name, await gcp.wish()]])
    const path = join(place.folder, 'federate.yaml')
    const file = await readFederateFile({ path, env: {}, cwd: place.folder, targetSchemas })
    started = { place, sandbox: await startSandbox({ file, issuers: false }) }
  }, firstStart)

  afterAll(async () => {
    await started?.sandbox.close()
    await started?.place.close()
  })

  const federate = (line: string) => running().place.federate(line, running().sandbox.env)

  /** A token as Keycloak issues it to a client that nobody configured: its full scope, and its own default audience. */
  const defaultToken = async (): Promise<string> => {
    const { place } = running()
    const client = { clientId: 'default', secret: 'only-for-tests', serviceAccountsEnabled: true, publicClient: false }
    await place.keycloak.admin.create('/acme/clients', client)
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

  const authClient = (token = keycloakSource()) => {
    const { number } = running().sandbox.gcp.project(project)
    const provider = `projects/${number}/locations/global/workloadIdentityPools/${pool}/providers/keycloak`
    return gcpAuthClient({ token, provider, serviceAccount: account, env: running().sandbox.env })
  }

  const keycloakSource = () => {
    const { issuer, folder } = running().place
    const auth = clientSecret({ file: join(folder, 'secrets/billing') })
    return keycloak({ issuer, clientId: 'billing', auth })
  }

  /** How many tokens Keycloak has issued to the service, by its own count. */
  const issued = async (): Promise<number> => {
    const events = await running().place.keycloak.admin.get('/acme/events?type=CLIENT_LOGIN&client=billing&max=1000')
    return Array.isArray(events) ? events.length : Number.NaN
  }

  it('is set up, and verified with a real token', async () => {
    const { status, stdout, stderr } = await federate('setup gcp --yes')
    expect(stderr).not.toContain('failed')
    expect(stdout).toContain(`verified billing/lake (gcp): a real token was exchanged; the cloud says: ${account}`)
    expect(status).toBe(0)
  })

  it('has nothing left to do then', async () => {
    const { status, stdout } = await federate('plan')
    expect([status, stdout]).toEqual([0, expect.stringContaining('Nothing to apply.')])
  })

  it('lends credentials to the service', async () => {
    const { status, stdout } = await federate('credentials gcp -s billing.federate.json --format token')
    expect(status).toBe(0)
    expect(await isTaken(running(), stdout.trim())).toBe(true)
  })

  it('asks Keycloak and STS once for a hundred parallel calls', async () => {
    const { place, sandbox } = running()
    await place.keycloak.admin.put('/acme', { eventsEnabled: true, enabledEventTypes: ['CLIENT_LOGIN'] })
    const [before, seen] = [await issued(), sandbox.gcp.requests.length]
    const client = authClient()
    const answers = await Promise.all(Array.from({ length: 100 }, () => client.getAccessToken()))
    expect(await issued()).toBe(before + 1)
    expect(sandbox.gcp.requests.slice(seen)).toEqual(['sts.token', 'serviceAccounts.generateAccessToken'])
    const tokens = new Set(answers.map(({ token }) => token))
    expect(tokens.size).toBe(1)
    expect(await isTaken(running(), [...tokens][0])).toBe(true)
  })

  it('refuses the token that Keycloak issues by default, and says why', async () => {
    const token = await defaultToken()
    const because = 'The token\'s aud is "account", the provider expects "sts.googleapis.com".'
    await running().place.write('default.jwt', token)
    const ran = await federate('credentials gcp -s billing.federate.json --no-cache --token-file default.jwt')
    expect([ran.status, ran.stdout]).toEqual([77, ''])
    expect(ran.stderr).toContain('GCP_TOKEN_AUDIENCE')
    expect(ran.stderr).toContain(because)
    expect(ran.stderr).toContain('attach the client scope federate-gcp')
    expect(ran.stderr).not.toContain(token)
    const jwt = tryReadJwt(token)
    const source = { getToken: async () => new Token(token, new Date(Date.now() + 60_000), jwt) }
    await expect(authClient(source).getAccessToken()).rejects.toMatchObject({
      code: 'GCP_TOKEN_AUDIENCE',
      problem: expect.stringContaining(because),
    })
  })

  it('explains that token beforehand', async () => {
    const { status, stdout } = await federate('explain gcp billing --token-file default.jwt')
    expect(status).not.toBe(0)
    expect(stdout).toContain('account')
    expect(stdout).toContain('sts.googleapis.com')
  })
})
