import { azure } from '@federate/azure/cloud'
import { Token } from '@federate/core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type SmallIssuer, startSmallIssuer } from '../sandbox/small-issuer.ts'
import { byApplication, startWorld, tenant, type Wanted, type World } from './world.ts'

const aud = 'api://AzureADTokenExchange'
let world: World
let wanted: Wanted
const state = () => world.sandbox.azure.tenant(tenant)

beforeAll(async () => {
  world = await startWorld(['billing', 'reporting'])
  wanted = await world.wanted({ billing: byApplication })
  await world.setUp(wanted)
})

afterAll(() => world.sandbox.close())

beforeEach(() => {
  state().policy.refusal = undefined
})

/** Waits for nothing between tries. */
const patient = () => ({ ...world.context, sleep: async () => {} })

const exchange = (claims: Record<string, unknown> = {}) =>
  world.exchange(wanted, 'billing', world.tokens('billing', claims))

describe('the exchange', () => {
  it.each([
    ['another service', { sub: 'service-account-reporting' }, 'AZURE_SUBJECT', '700213', 'character 17'],
    ['another case', { sub: 'Service-Account-Billing' }, 'AZURE_SUBJECT_CASE', '7002138', 'upper and lower case only'],
    ['another issuer', { iss: 'https://kc.example.com' }, 'AZURE_ISSUER', '700211', "this target's issuer is"],
    ['another audience', { aud: 'account' }, 'AZURE_AUDIENCE', '700212', 'the token has'],
    [
      'two audiences',
      { aud: ['api://AzureADTokenExchange', 'account'] },
      'AZURE_SEVERAL_AUDIENCES',
      '5002741',
      'Entra takes one',
    ],
    ['an expired token', { exp: 1_000_000_000, iat: 999_999_000 }, 'AZURE_TOKEN_TIME', '700024', 'until 2001-09-09'],
  ])('of %s is refused as Entra would, with its ids', async (_, claims, code, aadsts, words) => {
    const error = await exchange(claims).catch((one: unknown) => one)
    expect(error).toMatchObject({
      code,
      outcome: 'refused',
      details: { aadsts: `AADSTS${aadsts}`, traceId: expect.any(String), correlationId: expect.any(String) },
    })
    expect(String(error)).toContain(words)
    expect(String(error)).toMatch(/Trace id: [0-9a-f-]{36}, correlation id: [0-9a-f-]{36}\./)
  })

  it.each([
    ['53003', 'AZURE_CONDITIONAL_ACCESS'],
    ['700223', 'AZURE_FEDERATION_FORBIDDEN'],
  ])('that a policy forbids is refused with AADSTS%s', async (aadsts, code) => {
    state().policy.refusal = aadsts
    await expect(exchange()).rejects.toMatchObject({ code, details: { aadsts: `AADSTS${aadsts}`, transient: false } })
  })

  it('that Entra throttles for longer than anybody waits says for how long', async () => {
    const runtime = await world.runtime(wanted, 'billing')
    world.sandbox.azure.faults.throttleNext('token', 60)
    await expect(azure.exchange(runtime, world.tokens('billing'), world.context)).rejects.toMatchObject({
      code: 'AZURE_THROTTLED',
      details: { retryAfter: 60 },
    })
  })

  it('of a signature that does not hold is refused', async () => {
    const token = await world.tokens('billing').getToken()
    const [header, payload] = token.reveal().split('.')
    const forged = { getToken: async () => new Token(`${header}.${payload}.${'A'.repeat(342)}`, token.expiresAt) }
    await expect(world.exchange(wanted, 'billing', forged)).rejects.toMatchObject({ code: 'AZURE_TOKEN_SIGNATURE' })
  })

  it.each([
    ['that is none', 'storage/.default', '500011', 'The resource principal named storage was not found'],
    ['without /.default', 'https://storage.azure.com', '1002012', 'must have a scope value with /.default'],
    [
      'and another at once',
      'https://storage.azure.com/.default https://vault.azure.net/.default',
      '1002012',
      'is not valid',
    ],
  ])('for a resource %s is refused', async (_, scope, aadsts, words) => {
    const runtime = { ...(await world.runtime(wanted, 'billing')), scope }
    await expect(azure.exchange(runtime, world.tokens('billing'), world.context)).rejects.toMatchObject({
      code: 'AZURE_SCOPE',
      problem: expect.stringContaining(words),
      next: 'Name one resource of the tenant: in code as https://storage.azure.com/.default, at the command with `--resource https://storage.azure.com`, or as scope of the target in federate.yaml.',
      details: { aadsts: `AADSTS${aadsts}` },
    })
  })

  it('of a tenant that does not exist says so', async () => {
    const tenantId = '11111111-2222-4333-8444-555555555555'
    const runtime = { ...(await world.runtime(wanted, 'billing')), tenantId }
    await expect(azure.exchange(runtime, world.tokens('billing'), world.context)).rejects.toMatchObject({
      code: 'AZURE_TENANT_NOT_FOUND',
      problem: expect.stringContaining(`There is no tenant ${tenantId} in the cloud "public".`),
      details: { aadsts: 'AADSTS90002' },
    })
  })

  it('keeps both tokens out of everything that is printed', async () => {
    const token = await world.tokens('billing').getToken()
    const credentials = await world.exchange(wanted, 'billing', { getToken: async () => token })
    const printed = `${credentials} ${JSON.stringify(credentials)}`
    expect(printed).not.toContain(credentials.accessToken)
    expect(printed).not.toContain(token.reveal())
  })
})

describe('a token that another issuer really signed', () => {
  let issuer: SmallIssuer
  const claims = () => {
    const now = Math.floor(Date.now() / 1000)
    return { iss: issuer.url, sub: 'service-account-billing', aud, iat: now, exp: now + 600 }
  }
  const exchanged = async (header: { alg?: string; kid?: string; typ?: string } = {}) => {
    const token = new Token(await issuer.sign(claims(), header), new Date(Date.now() + 600_000))
    return azure.exchange(await world.runtime(wanted, 'billing'), { getToken: async () => token }, patient())
  }

  beforeAll(async () => {
    issuer = await startSmallIssuer()
    await issuer.sign({}, { kid: 'elliptic', alg: 'ES256' })
    await issuer.publish('k1', 'elliptic')
    const [client] = state().applications.values()
    const [credential] = client?.federatedCredentials ?? []
    if (client === undefined || credential === undefined) throw new Error('nothing was made')
    client.federatedCredentials = [{ ...credential, issuer: issuer.url }]
  })

  afterAll(() => issuer.close())

  it('with RS256 and typ JWT is exchanged', async () => {
    expect((await exchanged()).identity).toContain(`in tenant ${tenant}`)
  })

  it.each([
    [
      'with ES256, by a key that is published',
      { kid: 'elliptic', alg: 'ES256' },
      'AZURE_TOKEN_ALGORITHM',
      '5002738',
      "'ES256' is not a supported signature algorithm",
      'Have the issuer sign with RS256: in Keycloak the client\'s "Access token signature algorithm".',
    ],
    [
      'with typ at+jwt',
      { typ: 'at+jwt' },
      'AZURE_TOKEN_TYPE',
      '5002727',
      'The header\'s typ is "at+jwt".',
      'Have the issuer write typ JWT: in Keycloak, switch "Use RFC 9068 access token header type" off for the client.',
    ],
    [
      'by a key that is not published',
      { kid: 'next' },
      'AZURE_SIGNING_KEY',
      '7000272',
      'The key next is not among those that Entra knows of http://127.0.0.1:',
      'After a key rotation, wait; publish the next key long before signing with it. Else check that jwks_uri lists this kid.',
    ],
  ])('%s is refused', async (_, header, code, aadsts, words, next) => {
    await expect(exchanged(header)).rejects.toMatchObject({
      code,
      problem: expect.stringContaining(words),
      next,
      details: { aadsts: `AADSTS${aadsts}` },
    })
  })

  it('is refused while its discovery cannot be fetched', async () => {
    const other = await startSmallIssuer()
    other.published.status = 503
    const [client] = state().applications.values()
    const [credential] = client?.federatedCredentials ?? []
    if (client === undefined || credential === undefined) throw new Error('nothing was made')
    client.federatedCredentials = [{ ...credential, issuer: other.url }]
    const token = new Token(await other.sign({ ...claims(), iss: other.url }), new Date(Date.now() + 600_000))
    const refused = azure.exchange(await world.runtime(wanted, 'billing'), { getToken: async () => token }, patient())
    await expect(refused).rejects.toMatchObject({
      code: 'AZURE_ISSUER_UNREACHABLE',
      problem: expect.stringContaining(`Entra could not fetch discovery or keys of ${other.url}`),
      details: { aadsts: 'AADSTS50166' },
    })
    client.federatedCredentials = [credential]
    await other.close()
  })
})
