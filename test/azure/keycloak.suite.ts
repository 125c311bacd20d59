import { azureCredential } from '@federate/azure'
import { clientSecret, nodeFetch, readJwt } from '@federate/core'
import { keycloak } from '@federate/keycloak'
import { beforeAll, describe, expect, it } from 'vitest'
import { defaultToken, issuedTo } from '../keycloak/issued-tokens.ts'
import type { KeycloakPlace } from '../keycloak/place.ts'
import { exchanges, tenant } from './place.ts'

/** Azure, with a Keycloak whose side is set up. */
export function azureSuite(running: () => KeycloakPlace): void {
  describe('Azure', () => suite(running))
}

function suite(running: () => KeycloakPlace): void {
  beforeAll(() => running().setup('azure'))

  const clientId = (): string => {
    const [application] = running().place.sandbox.azure.tenant(tenant).applications.values()
    return application?.appId ?? ''
  }

  /** Sets attributes of the client in Keycloak for as long as `during` takes. */
  async function withAttributes<T>(attributes: Record<string, string>, during: () => Promise<T>): Promise<T> {
    const { admin } = running().keycloak
    const [client] = await clients()
    if (client === undefined) throw new Error('Keycloak has no such client')
    const set = (values: Record<string, string>) =>
      admin.put(`/acme/clients/${client['id']}`, {
        ...client,
        attributes: { ...Object(client['attributes']), ...values },
      })
    await set(attributes)
    try {
      return await during()
    } finally {
      // An attribute that is merely left out stays as it is.
      await set(Object.fromEntries(Object.keys(attributes).map((name) => [name, ''])))
    }
  }

  async function clients(): Promise<Record<string, unknown>[]> {
    const found = await running().keycloak.admin.get('/acme/clients?clientId=archive')
    return Array.isArray(found) ? found : []
  }

  it('finds nothing left to do once it is set up and verified', async () => {
    const { status, stdout } = await running().place.federate('plan azure')
    expect([status, stdout]).toEqual([0, expect.stringContaining('No changes.')])
  })

  it('lends credentials to the service', async () => {
    const { status, stdout } = await running().place.asService(
      'credentials azure -s archive.federate.json --format token',
    )
    expect(status).toBe(0)
    const { claims } = readJwt(stdout.trim())
    expect(claims).toMatchObject({ aud: 'https://storage.azure.com', tid: tenant, appid: clientId() })
  })

  it('asks Keycloak and Entra once for a hundred parallel calls', async () => {
    const { place } = running()
    const issued = () => issuedTo(running(), 'archive')
    const [before, seen] = [await issued(), exchanges(place)]
    const auth = clientSecret({ file: place.path('secrets/archive') })
    const credential = azureCredential({
      token: keycloak({ issuer: place.issuer, clientId: 'archive', auth }),
      tenantId: tenant,
      clientId: clientId(),
      fetch: nodeFetch({ ca: { pem: place.sandbox.azure.authority } }),
      env: place.sandbox.env,
    })
    const ask = () => credential.getToken('https://vault.azure.net/.default')
    const answers = await Promise.all(Array.from({ length: 100 }, ask))
    expect(await issued()).toBe(before + 1)
    expect(exchanges(place)).toBe(seen + 1)
    const tokens = [...new Set(answers.map((answer) => answer?.token ?? ''))]
    expect(tokens).toHaveLength(1)
    expect(readJwt(tokens[0] ?? '').claims).toMatchObject({ aud: 'https://vault.azure.net', appid: clientId() })
  })

  it('refuses the token that Keycloak issues by default, and says why', async () => {
    const token = await defaultToken(running(), 'default-azure')
    await running().place.write('default.jwt', token)
    const ran = await running().place.asService(
      'credentials azure -s archive.federate.json --no-cache --token-file default.jwt',
    )
    expect([ran.status, ran.stdout]).toEqual([3, ''])
    expect(ran.stderr).toContain('this target\'s subject is "service-account-archive"')
    expect(ran.stderr).not.toContain(token)
    const explained = await running().place.federate('explain azure archive --token-file default.jwt')
    expect(explained.status).toBe(3)
    expect(explained.stdout).toContain('AADSTS700213')
  })

  it.each([
    ['signed with ES256', { 'access.token.signed.response.alg': 'ES256' }, 'AZURE_TOKEN_ALGORITHM', 'AADSTS5002738'],
    ['of typ at+jwt', { 'access.token.header.type.rfc9068': 'true' }, 'AZURE_TOKEN_TYPE', 'AADSTS5002727'],
  ])('refuses a token %s, as Keycloak issues it when it is told to', async (_, attributes, code, aadsts) => {
    const line = 'credentials azure -s archive.federate.json --no-cache'
    const ran = await withAttributes(attributes, () => running().place.asService(line))
    expect([ran.status, ran.stdout]).toEqual([3, ''])
    expect(ran.stderr).toContain(code)
    expect(ran.stderr).toContain(aadsts)
    expect((await running().place.asService(line)).status).toBe(0)
  })
}
