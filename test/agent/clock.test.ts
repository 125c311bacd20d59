import type { RealmControl } from '@federate/sandbox'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makePlace, type Place } from '../cli/harness.ts'
import { RunningAgent } from '../cli/running-agent.ts'
import { type FakeClock, fakeClock } from '../clients/faketime.ts'

const hour = 3600
const day = 86_400
let place: Place
let realm: RealmControl
let clock: FakeClock

const available = fakeClock('unused') !== undefined

beforeAll(async () => {
  place = await makePlace()
  await place.startSandbox()
  const setup = await place.federate('setup aws billing --yes')
  if (setup.status !== 0) throw new Error(setup.stderr)
  const [control, fake] = [place.sandbox.issuer.realm(place.issuer), fakeClock(place.path('clock'))]
  if (control === undefined) throw new Error('the sandbox has no realm')
  realm = control
  if (fake !== undefined) clock = fake
})

afterAll(() => place.close())

/** Counts seconds. */
function startStopwatch(): () => number {
  const start = performance.now()
  return () => (performance.now() - start) / 1000
}

function setClock(seconds: number): Promise<void> {
  return place.write('clock', clock.text(seconds))
}

/** Seconds for which this seems to live to who has a clock that is so far ahead. */
function left(expiration: string, ahead: number): number {
  return (Date.parse(expiration) - Date.now()) / 1000 - ahead
}

describe.skipIf(!available)('an agent whose clock is set', () => {
  let agent: RunningAgent
  beforeEach(async () => {
    await setClock(0)
    agent = RunningAgent.start(place, 'clock', ['billing.federate.json'], clock.env)
    await agent.ready()
  })
  afterEach(() => agent.end())

  /** A loop of callers. */
  async function ask(times = 50) {
    const answers = []
    for (let call = 0; call < times; call += 1) answers.push(await agent.lent('/billing/s3'))
    return answers.map(({ status, body }) => ({ status, said: JSON.parse(body) }))
  }

  it('forward by an hour lends nothing that has expired by it, says why, and does not ask again for every caller', async () => {
    const [before] = await ask(1)
    const requests = realm.requests('token')
    const passed = startStopwatch()
    await setClock(hour)
    for (const { status, said } of await ask()) {
      expect([status, said.Code]).toEqual([500, 'TOKEN_EXPIRED_ON_ARRIVAL'])
      expect(said.Message).toMatch(/This host's clock is 1h(\d+s)? ahead of the issuer's\./)
    }
    // One for the callers; the keeper may have tried once more by now, and tries again in seconds.
    expect(realm.requests('token') - requests).toBeLessThanOrEqual(2 + Math.floor(passed()))
    await setClock(0)
    expect(await ask(1)).toEqual([before])
  })

  it('back by a day lends what was obtained since, and says of it no more than an hour', async () => {
    const [before] = await ask(1)
    const requests = realm.requests('token')
    await setClock(-day)
    for (const { status, said } of await ask()) {
      expect(status).toBe(200)
      expect(said.AccessKeyId).not.toBe(before?.said.AccessKeyId)
      expect(left(said.Expiration, -day)).toBeGreaterThan(hour - 60)
      expect(left(said.Expiration, -day)).toBeLessThanOrEqual(hour)
    }
    expect(realm.requests('token') - requests).toBeLessThanOrEqual(2)
    await setClock(0)
    const [after] = await ask(1)
    expect(left(after?.said.Expiration, 0)).toBeGreaterThan(hour - 60)
  })
})

describe.skipIf(!available)('the command whose clock is set', () => {
  const credentials = () => place.asService('credentials aws -s billing.federate.json', { env: clock.env })

  it('prints nothing that has expired, and nothing that seems to live for longer than it does', async () => {
    await setClock(0)
    const first = await credentials()
    expect(await credentials()).toEqual(first)
    await setClock(hour)
    const requests = realm.requests('token')
    const passed = startStopwatch()
    for (const _ of [1, 2, 3]) {
      const ahead = await credentials()
      expect(ahead).toMatchObject({ status: 1, stdout: '', stderr: expect.stringMatching(/clock is 1h(\d+s)? ahead/) })
    }
    // That it failed is remembered for five seconds.
    const asked = realm.requests('token') - requests
    expect(asked).toBeGreaterThan(0)
    expect(asked).toBeLessThanOrEqual(1 + Math.floor(passed() / 5))
    await setClock(-day)
    const behind = await credentials()
    expect(behind.stdout).not.toBe(first.stdout)
    expect(left(JSON.parse(behind.stdout).Expiration, -day)).toBeLessThanOrEqual(hour)
    expect((await credentials()).stdout).toBe(behind.stdout)
    await setClock(0)
    const right = await credentials()
    expect(right.stdout).not.toBe(behind.stdout)
    expect(left(JSON.parse(right.stdout).Expiration, 0)).toBeGreaterThan(hour - 60)
  })
})
