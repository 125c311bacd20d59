import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AwsWorld, refusalOf, setUpTrust, startAwsWorld } from './aws-world.ts'
import { discoveryOf } from './small-issuer.ts'

let world: AwsWorld
beforeEach(async () => {
  world = await startAwsWorld()
  await setUpTrust(world)
})
afterEach(() => world.close())

const noKey =
  "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements"

describe('an issuer', () => {
  it('that rotated its keys is asked once more', async () => {
    await world.assume(await world.token())
    await world.issuer.publish('k2')
    expect((await world.assume(await world.token({}, { kid: 'k2' }))).Provider).toContain(world.issuer.stored)
    expect(await refusalOf(world.assume(await world.token({}, { kid: 'k1' })))).toEqual({
      name: 'InvalidIdentityTokenException',
      message: noKey,
      status: 400,
    })
  })

  it('with one key may sign without kid, with two it may not', async () => {
    const token = await world.token({}, { kid: undefined })
    expect((await world.assume(token)).Audience).toBe('sts.amazonaws.com')
    await world.issuer.publish('k1', 'k2')
    world.clock.ahead = 61_000
    expect((await refusalOf(world.assume(token))).message).toBe(noKey)
  })

  it.each<[string, (world: AwsWorld) => void]>([
    ['answers HTML', ({ issuer }) => (issuer.published.discovery = '<html>')],
    ['answers 503', ({ issuer }) => (issuer.published.status = 503)],
    ['names another issuer', ({ issuer }) => (issuer.published.discovery = discoveryOf('http://127.0.0.1:1/x'))],
    [
      'lacks a field',
      ({ issuer }) => (issuer.published.discovery = { ...discoveryOf(issuer.url), subject_types_supported: undefined }),
    ],
    [
      'keeps its keys at a host that is not public',
      ({ issuer }) =>
        (issuer.published.discovery = { ...discoveryOf(issuer.url), jwks_uri: 'http://kc.internal/certs' }),
    ],
    ['sends endless keys', ({ issuer }) => (issuer.published.keys = ['x'.repeat(300_000)])],
    [
      'publishes a key for encryption',
      ({ issuer }) => (issuer.published.keys = [{ kty: 'RSA', kid: 'k1', use: 'enc', n: 'x', e: 'AQAB' }]),
    ],
  ])('that %s has no key', async (_, change) => {
    change(world)
    expect((await refusalOf(world.assume(await world.token()))).message).toBe(noKey)
  })

  it('whose claim names a host is not called unless it is a provider', async () => {
    const before = world.issuer.asked.length
    await refusalOf(world.assume(await world.token({ iss: `${world.issuer.url}/other` })))
    expect(world.issuer.asked).toHaveLength(before)
  })
})
