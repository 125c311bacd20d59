import { azure } from '@federate/azure/cloud'
import { Token } from '@federate/core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { byApplication, startWorld, tenant, type Wanted, type World } from './world.ts'

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

const exchange = (claims: Record<string, unknown> = {}) =>
  world.exchange(wanted, 'billing', world.tokens('billing', claims))

describe('the exchange', () => {
  it.each([
    ['another service', { sub: 'service-account-reporting' }, 'AZURE_SUBJECT', '700213', 'character 17'],
    ['another case', { sub: 'Service-Account-Billing' }, 'AZURE_SUBJECT_CASE', '7002138', 'upper and lower case only'],
    ['another issuer', { iss: 'https://kc.example.com' }, 'AZURE_ISSUER', '700211', 'the federated credential expects'],
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

  it('keeps both tokens out of everything that is printed', async () => {
    const token = await world.tokens('billing').getToken()
    const credentials = await world.exchange(wanted, 'billing', { getToken: async () => token })
    const printed = `${credentials} ${JSON.stringify(credentials)}`
    expect(printed).not.toContain(credentials.accessToken)
    expect(printed).not.toContain(token.reveal())
  })
})
