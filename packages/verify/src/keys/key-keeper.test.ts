import { describe, expect, it } from 'vitest'
import { FakeIssuer, issuerUrl, newKey, refusalOf, start } from '../issuer.test-kit.ts'
import type { KeyOptions } from '../options.ts'
import { keyOptions } from '../verifier-settings.ts'
import { KeyKeeper } from './key-keeper.ts'
import { VerificationKey } from './verification-key.ts'

const [first, second] = [newKey('k1'), newKey('k2')]

function kept(issuer: FakeIssuer, options: KeyOptions = {}) {
  const clock = { milliseconds: start }
  const warnings: string[] = []
  const keeper = new KeyKeeper(
    { issuer: issuerUrl, jwksUri: undefined },
    {
      ...keyOptions(options),
      ...{ fetch: issuer.fetch, now: () => clock.milliseconds, random: () => 1, warn: (text) => warnings.push(text) },
    },
  )
  const forward = (seconds: number) => {
    clock.milliseconds += seconds * 1000
  }
  return { keeper, forward, warnings }
}

/** Lets what was begun in the background end. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 5))

describe('KeyKeeper', () => {
  it('asks once for all who wait', async () => {
    const issuer = new FakeIssuer(first)
    const { keeper } = kept(issuer)
    const found = await Promise.all(Array.from({ length: 50 }, () => keeper.find('k1', 'ES256')))
    expect(found.every((key) => key instanceof VerificationKey)).toBe(true)
    expect(issuer.asked).toHaveLength(2)
  })

  it('fetches ahead of the maximum age, without letting anybody wait', async () => {
    const issuer = new FakeIssuer(first)
    const { keeper, forward } = kept(issuer)
    const key = await keeper.find('k1', 'ES256')
    forward(479)
    await keeper.find('k1', 'ES256')
    await settled()
    expect(issuer.keyRequests).toBe(1)
    forward(2)
    issuer.gate = new Promise(() => undefined)
    expect(await keeper.find('k1', 'ES256')).toBe(key)
    expect(issuer.asked).toHaveLength(3)
  })

  it('keeps the very key that is still published, so that what it verified counts on', async () => {
    const issuer = new FakeIssuer(first)
    const { keeper, forward } = kept(issuer)
    const key = await keeper.find('k1', 'ES256')
    issuer.keys = [second, first]
    forward(700)
    expect(await keeper.find('k1', 'ES256')).toBe(key)
    expect(await keeper.find('k2', 'ES256')).not.toBe(key)
    expect(issuer.keyRequests).toBe(2)
  })

  it('drops a key that is published no more', async () => {
    const issuer = new FakeIssuer(first, second)
    const { keeper, forward } = kept(issuer)
    const key = await keeper.find('k1', 'ES256')
    if (!(key instanceof VerificationKey)) throw new Error('no key')
    expect(keeper.holds(key)).toBe(true)
    issuer.keys = [second]
    forward(481)
    expect(keeper.holds(key)).toBe(true)
    await settled()
    expect(keeper.holds(key)).toBe(false)
    expect(await keeper.find('k1', 'ES256')).toBe('unknown')
  })

  it('asks for a key that it does not know: after a rotation at once, and never often', async () => {
    const issuer = new FakeIssuer(first)
    const { keeper, forward } = kept(issuer)
    await keeper.find('k1', 'ES256')
    issuer.keys = [second, first]
    expect(await keeper.find('k2', 'ES256')).toBeInstanceOf(VerificationKey)
    expect(issuer.keyRequests).toBe(2)
    for (let count = 0; count < 500; count += 1) expect(await keeper.find(`made-up-${count}`, 'ES256')).toBe('unknown')
    expect(issuer.keyRequests).toBe(4)
    forward(10)
    for (let count = 0; count < 500; count += 1) await keeper.find(`made-up-${count}`, 'ES256')
    expect(issuer.keyRequests).toBe(5)
  })

  it('asks once more for an unknown key when an answer was under way that may be older', async () => {
    const issuer = new FakeIssuer(first)
    const { keeper } = kept(issuer)
    await keeper.find('k1', 'ES256')
    let open: () => void = () => undefined
    issuer.gate = new Promise((resolve) => {
      open = resolve
    })
    const early = keeper.find('made-up', 'ES256')
    await settled()
    const late = keeper.find('k2', 'ES256')
    open()
    expect(await early).toBe('unknown')
    issuer.keys = [first, second]
    expect(await late).toBeInstanceOf(VerificationKey)
  })

  it('uses the last good keys while the issuer is down, up to the stated age, and asks ever more slowly', async () => {
    const issuer = new FakeIssuer(first)
    const { keeper, forward, warnings } = kept(issuer, { maximumAge: 600, maximumStale: 3600 })
    const key = await keeper.find('k1', 'ES256')
    issuer.down = true
    for (let second = 0; second < 3500; second += 1) {
      forward(1)
      expect(await keeper.find('k1', 'ES256')).toBe(key)
      await Promise.resolve()
    }
    await settled()
    expect(issuer.asked.length).toBeLessThan(120)
    expect(issuer.asked.length).toBeGreaterThan(90)
    expect(warnings[0]).toMatch(
      /^The keys of \S+ could not be fetched; those that came 48\d s ago are used, for at most 3600 s\. /,
    )
    forward(100)
    const refusal = await refusalOf(() => keeper.find('k1', 'ES256'))
    expect([refusal.code, refusal.answer.status]).toEqual(['KEYS_UNAVAILABLE', 503])
    issuer.down = false
    forward(31)
    expect(await keeper.find('k1', 'ES256')).toBe(key)
  })

  it('refuses with 503 while it has never had any, without asking for every request', async () => {
    const issuer = new FakeIssuer(first)
    issuer.down = true
    const { keeper, forward } = kept(issuer)
    for (let count = 0; count < 100; count += 1) {
      const refusal = await refusalOf(() => keeper.find('k1', 'ES256'))
      expect(refusal.code).toBe('KEYS_UNAVAILABLE')
      expect(refusal.answer).toEqual({ status: 503, retryAfter: 1 })
    }
    expect(issuer.asked).toHaveLength(1)
    issuer.down = false
    forward(1.1)
    expect(await keeper.find('k1', 'ES256')).toBeInstanceOf(VerificationKey)
  })

  it('answers 503, with the true reason, for a key that may be new while the issuer cannot be asked', async () => {
    const issuer = new FakeIssuer(first)
    const { keeper, forward } = kept(issuer)
    await keeper.find('k1', 'ES256')
    forward(112)
    issuer.keys = [first, second]
    issuer.down = true
    for (let count = 0; count < 2; count += 1) {
      const refusal = await refusalOf(() => keeper.find('k2', 'ES256'))
      expect(refusal).toMatchObject({ code: 'KEYS_UNAVAILABLE', outcome: 'unreachable' })
      expect(refusal.answer).toEqual({ status: 503, retryAfter: 1 })
      expect(refusal.problem).toBe(
        `The token is signed by the key k2, which is not among those of ${issuerUrl} that came 112 s ago, and newer ones cannot be had.`,
      )
      expect(String(refusal.cause)).toContain('ECONNREFUSED')
    }
    issuer.down = false
    forward(1.1)
    expect(await keeper.find('k2', 'ES256')).toBeInstanceOf(VerificationKey)
    expect(await keeper.find('made-up', 'ES256')).toBe('unknown')
  })

  it.each([0, 86_400])(
    'made-up keys neither shut others out nor ask often while it is down (stale: %i s)',
    async (stale) => {
      const issuer = new FakeIssuer(first)
      const { keeper, forward } = kept(issuer, { maximumStale: stale })
      const key = await keeper.find('k1', 'ES256')
      issuer.down = true
      for (let second = 0; second < 300; second += 1) {
        forward(1)
        for (let count = 0; count < 5; count += 1) {
          const refusal = await refusalOf(() => keeper.find(`made-up-${second}-${count}`, 'ES256'))
          expect(refusal.answer.status).toBe(503)
        }
        expect(await keeper.find('k1', 'ES256')).toBe(key)
        if (key instanceof VerificationKey) expect(keeper.holds(key)).toBe(true)
      }
      // No more than the delays between failed requests allow, however many keys are made up.
      expect(issuer.asked.length).toBeLessThan(2 + 300 / 15)
      expect(issuer.asked.length).toBeGreaterThan(8)
    },
  )

  it('does not take the keys of metadata that names another issuer', async () => {
    const issuer = new FakeIssuer(first)
    const { keeper, forward, warnings } = kept(issuer)
    const key = await keeper.find('k1', 'ES256')
    issuer.discovery = {
      ...issuer.discovery,
      issuer: 'https://evil.example.com',
      jwks_uri: 'https://evil.example.com/k',
    }
    forward(700)
    expect(await keeper.find('k1', 'ES256')).toBe(key)
    expect(warnings[0]).toContain('says that its issuer is https://evil.example.com')
    expect(issuer.asked.some((url) => url.startsWith('https://evil'))).toBe(false)
  })

  it.each([
    ['10 MB', `{"keys":[{"x":"${'A'.repeat(10_000_000)}"}]}`, 'answered with more than 500000 bytes'],
    ['no list', '{"keys":{}}', 'has no list "keys"'],
    [
      'no key for signatures',
      '{"keys":[{"kty":"RSA","use":"enc","n":"AQAB","e":"AQAB"}]}',
      'has no public key for signatures',
    ],
    ['no JSON', '<html>', 'where a JSON object was expected'],
    ['201 keys', JSON.stringify({ keys: Array(201).fill({}) }), 'has 201 keys'],
  ])('keeps the old keys when what comes is of %s', async (_, jwks, problem) => {
    const issuer = new FakeIssuer(first)
    const { keeper, forward, warnings } = kept(issuer)
    const key = await keeper.find('k1', 'ES256')
    issuer.jwks = jwks
    forward(700)
    expect(await keeper.find('k1', 'ES256')).toBe(key)
    expect(warnings[0]).toContain(problem)
  })

  it('does not wait for an answer that never ends', async () => {
    const issuer = new FakeIssuer(first)
    const { keeper, forward, warnings } = kept(issuer, { timeout: 0.02 })
    const key = await keeper.find('k1', 'ES256')
    issuer.gate = new Promise(() => undefined)
    forward(700)
    expect(await keeper.find('k1', 'ES256')).toBe(key)
    expect(warnings[0]).toContain('could not be fetched')
  })

  it('is not misled by a clock that was set back', async () => {
    const issuer = new FakeIssuer(first)
    const { keeper, forward } = kept(issuer)
    await keeper.find('k1', 'ES256')
    forward(-3600)
    await keeper.find('k1', 'ES256')
    expect(issuer.keyRequests).toBe(2)
  })
})
