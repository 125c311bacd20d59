import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makePlace, type Place } from './harness.ts'

let place: Place
let good: string

beforeAll(async () => {
  place = await makePlace()
  await place.startSandbox()
  await place.setUp('aws')
  good = await signed({})
})

afterAll(() => place.close())

/** A token of the issuer itself, with some of its claims changed; `undefined` takes one out. */
async function signed(claims: Record<string, unknown>): Promise<string> {
  const realm = place.sandbox.issuer.realm(place.issuer)
  const client = realm?.running.definition.clients.find(({ clientId }) => clientId === 'billing')
  if (realm === undefined || client === undefined) throw new Error('the sandbox knows no client billing')
  return realm.signToken(client, ['basic', 'federate-aws'], claims)
}

/** The good token under another header: signed with a secret, or not at all. */
function forged(header: Record<string, unknown>): string {
  const [, payload = ''] = good.split('.')
  const head = Buffer.from(JSON.stringify(header)).toString('base64url')
  const signature = createHmac('sha256', 'secret').update(`${head}.${payload}`).digest('base64url')
  return `${head}.${payload}.${header['alg'] === 'none' ? '' : signature}`
}

/** What STS says to a token, and what explain says of it before. */
async function judged(token: string) {
  await place.write('token.jwt', token)
  const explained = await place.federate('explain aws billing --token-file token.jwt')
  const exchanged = await place.asService('credentials aws -s billing.federate.json --token-file token.jwt')
  expect(exchanged.stderr + explained.stdout).not.toContain(token)
  return { explained, exchanged }
}

describe('a token that AWS does not take', () => {
  const several = { azp: undefined, aud: ['sts.amazonaws.com', 'account'] }
  it.each([
    ['21 kB', () => signed({ groups: 'g'.repeat(15_000) }), 'AWS_TOKEN_TOO_LARGE', 'FAIL token-size'],
    ['HS256', async () => forged({ alg: 'HS256', kid: 'k', typ: 'JWT' }), 'AWS_TOKEN', 'FAIL algorithm'],
    ['alg none', async () => forged({ alg: 'none', typ: 'JWT' }), 'AWS_TOKEN', 'FAIL algorithm'],
    ['no sub', () => signed({ sub: undefined }), 'AWS_TOKEN_CLAIM', 'The claim sub is missing.'],
    ['no aud', () => signed({ aud: undefined }), 'AWS_TOKEN_CLAIM', 'The claim aud is missing.'],
    ['no iat', () => signed({ iat: undefined }), 'AWS_TOKEN_CLAIM', 'The claim iat is missing.'],
    ['aud an empty list', () => signed({ aud: [] }), 'AWS_TOKEN', 'aud is an empty list.'],
    ['aud a list of two, without azp', () => signed(several), 'AWS_TOKEN_AUDIENCE', 'several audiences and no azp'],
    ['azp of another client', () => signed({ azp: 'billing' }), 'AWS_TOKEN_AUDIENCE', 'FAIL client-id'],
    ['another issuer', () => signed({ iss: 'https://kc.example.com/realms/x' }), 'AWS_NO_PROVIDER', 'FAIL provider'],
    ['issued in ten minutes', () => signed({ iat: Date.now() / 1000 + 600 }), 'AWS_TOKEN', 'FAIL timestamps'],
    ['sub null', () => signed({ sub: null }), 'AWS_', 'sub is null.'],
  ])('%s', async (_, make, code, said) => {
    const { explained, exchanged } = await judged(await make())
    expect(explained.stdout).toContain(said)
    expect(explained.status).toBe(3)
    expect(exchanged.stderr).toContain(`error ${code}`)
    expect(exchanged.stdout).toBe('')
    expect([3, 4]).toContain(exchanged.status)
  })

  it('an aud list is taken where it has one element, or where azp decides', async () => {
    for (const claims of [{ azp: undefined, aud: ['sts.amazonaws.com'] }, { aud: ['sts.amazonaws.com', 'account'] }]) {
      const { explained, exchanged } = await judged(await signed(claims))
      expect([explained.status, exchanged.status]).toEqual([0, 0])
    }
  })

  it('no kid finds the only key of the issuer, and a kid of no key finds none', async () => {
    const [, payload, signature] = good.split('.')
    const withHeader = (header: Record<string, unknown>) =>
      `${Buffer.from(JSON.stringify({ alg: 'RS256', typ: 'JWT', ...header })).toString('base64url')}.${payload}.${signature}`
    const { exchanged } = await judged(withHeader({}))
    // The signature is over the header too, so it no longer holds: but the key was found.
    expect(exchanged.stderr).toContain('could not be validated')
    const lost = await judged(withHeader({ kid: 'gone' }))
    expect(lost.exchanged.stderr).toContain("Couldn't retrieve verification key")
    expect(lost.exchanged.stderr).toContain("publishes no key with the token's kid")
  })
})

describe('a call that STS does not take', () => {
  it.each([
    ['--duration 899s', 64, '--duration, durationSeconds is 899 (a number), expected a whole number from 900 to 43200'],
    ['--duration 43201s', 64, 'next: Correct --duration, or leave it out: then the service file counts.'],
    ['--duration 3601s', 3, 'exceeds the MaxSessionDuration'],
  ])('%s', async (flags, status, said) => {
    const ran = await place.asService(`credentials aws -s billing.federate.json ${flags}`)
    expect(ran.stderr).toContain(said)
    expect(ran.status).toBe(status)
  })

  it('a session name with a space, from a flag and from the file', async () => {
    const args = ['credentials', 'aws', '-s', 'billing.federate.json', '--session-name', 'two words']
    const flag = await place.asService(args)
    expect(flag.stderr).toContain('sessionName is "two words", expected 2 to 64 letters')
    const file = JSON.parse(await place.read('billing.federate.json'))
    file.targets.s3.sessionName = 'two words'
    await place.write('spaced.json', JSON.stringify(file))
    const before = place.sandbox.aws.requests.length
    const fromFile = await place.asService('credentials aws -s spaced.json')
    expect(fromFile.stderr).toContain('spaced.json: targets.s3.sessionName is "two words"')
    expect([flag.status, fromFile.status]).toEqual([64, 64])
    expect(place.sandbox.aws.requests).toHaveLength(before)
  })

  it('no role: the flag is named, not a key behind it', async () => {
    const ran = await place.asService('credentials aws -s billing.federate.json --role-arn billing')
    expect(ran.stderr).toContain('--role-arn is "billing", expected the ARN of a role')
    expect(ran.status).toBe(64)
  })

  it('no endpoint: it is wrong usage, and not a network that is down', async () => {
    const env = { AWS_ENDPOINT_URL_STS: 'nonsense' }
    const service = await place.asService('credentials aws -s billing.federate.json', { env })
    const administrator = await place.federate('plan aws', { env })
    for (const { stderr, status } of [service, administrator]) {
      expect(stderr).toContain('error AWS_ENDPOINT')
      expect(status).toBe(64)
    }
  })
})
