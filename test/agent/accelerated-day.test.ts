import { request } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type Door, Keeper, Loan, newSecret, serveEndpoints, targetDoor } from '@federate/agent'
import { type CloudCredentials, type Endpoint, FederateError, Token } from '@federate/core'
import { expect, it } from 'vitest'

// A day of 200 services whose credentials live for an hour, with the hour made two seconds. A third of the day, with every
// fault once, unless all 24 hours are asked for.
const services = 200
const lifetime = 2000
const day = Number(process.env['FEDERATE_TEST_HOURS'] ?? 8) * lifetime

interface Lent extends CloudCredentials {
  readonly owner: string
}

const endpoint: Endpoint<{ readonly cloud: string }, Lent> = {
  secretHeader: 'authorization',
  environment: () => ({}),
  outranking: [],
  outrankingFiles: [],
  answer: async (_request, lender) => {
    const { owner, expiresAt } = await lender.credentials()
    return { status: 200, body: JSON.stringify({ owner, expiresAt: expiresAt.getTime() }) }
  },
  refusal: (code, message) => JSON.stringify({ code, message }),
}

/** A cloud that lends for two seconds, and fails as it is told. */
class Cloud {
  fault: 'none' | 'down' | 'slow' | 'refused' = 'none'
  asked = 0
  /** Requests by tenths of a second. */
  readonly load = new Map<number, number>()

  async lend(owner: string, signal: AbortSignal): Promise<Lent> {
    this.asked += 1
    const tenth = Math.floor(performance.now() / 100)
    this.load.set(tenth, (this.load.get(tenth) ?? 0) + 1)
    await wait(this.fault === 'slow' ? 400 : 5, undefined, { signal })
    if (this.fault === 'down' || this.fault === 'refused') throw failure(this.fault)
    return { owner, identity: owner, expiresAt: new Date(Date.now() + lifetime) }
  }
}

function failure(kind: string): FederateError {
  const outcome = kind === 'down' ? 'unreachable' : 'refused'
  return new FederateError({ code: kind.toUpperCase(), outcome, problem: 'Not now.', next: 'Wait.' })
}

/** What is wrong with an answer, if anything is. */
function problemOf(
  service: string,
  status: number,
  said: { owner?: string; expiresAt?: number; code?: string; message?: string },
  now: number,
): string | undefined {
  if (status !== 200) return said.code && said.message ? undefined : `${service} got ${status} without a reason`
  if (said.owner !== service) return `${service} got what is ${said.owner}'s`
  const left = (said.expiresAt ?? 0) - now
  return left > 0 ? undefined : `${service} got what expired ${-left} ms ago`
}

/** Memory in use, in bytes, after everything that can be collected was. */
function heapUsed(): number {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  collect()
  return process.memoryUsage().heapUsed
}

function fetchOnce(url: URL, secret: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const asking = request(url, { headers: { authorization: secret } }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text) => {
        body += text
      })
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body }))
    })
    asking.once('error', reject).end()
  })
}

it('a day of 200 services: never expired, never empty, never of another service; memory stays', {
  timeout: 120_000,
}, async () => {
  const cloud = new Cloud()
  const keeper = new Keeper()
  const server = await serveEndpoints()
  const lent = Array.from({ length: services }, (_, number) => {
    const service = `service-${number}`
    const loan = new Loan<Lent>({
      name: `${service}/s3`,
      upstream: 'cloud',
      obtain: async ({ signal }) => ({ obtainedAt: Date.now(), value: await cloud.lend(service, signal) }),
    })
    const lender = { credentials: () => loan.get(), token: async () => new Token('x', new Date()) }
    const secret = newSecret()
    const door: Door = targetDoor({ service, target: 's3', runtime: { cloud: 'some' }, endpoint, lender }, secret)
    return { service, loan, secret, door }
  })
  server.open(lent.map(({ door }) => door))
  keeper.add(...lent.map(({ loan }) => loan))
  const seen = { answers: 0, refusals: 0, wrong: [] as string[] }
  const end = performance.now() + day
  /** One program's request, and one with another service's secret. */
  const ask = async (one: (typeof lent)[number], other: (typeof lent)[number]) => {
    const url = new URL(`${server.url}${one.door.path}`)
    // Measured from here: how long an answer is on its way on a busy machine is not the agent's doing.
    const asked = Date.now()
    const { status, body } = await fetchOnce(url, one.secret)
    const problem = problemOf(one.service, status, JSON.parse(body), asked)
    if (problem !== undefined) seen.wrong.push(problem)
    if (status === 200) seen.answers += 1
    else seen.refusals += 1
    const stranger = await fetchOnce(url, other.secret)
    if (stranger.status !== 401) seen.wrong.push(`a stranger got ${stranger.status}`)
  }
  const program = async (first: number) => {
    for (let number = first; performance.now() < end; number = (number + 7) % services) {
      const [one, other] = [lent[number], lent[(number + 1) % services]]
      if (one !== undefined && other !== undefined) await ask(one, other)
      await wait(2)
    }
  }
  const faults = async () => {
    for (let round = 0; performance.now() < end; round += 1) {
      // Every fourth one is longer than a life; the others are noticed because pauses between tries are not accelerated.
      cloud.fault = (['down', 'slow', 'refused', 'down'] as const)[round % 4] ?? 'none'
      await wait(round % 4 === 3 ? 3000 : 500)
      cloud.fault = 'none'
      await wait(1500)
    }
  }
  await wait(lifetime)
  const before = heapUsed()
  await Promise.all([faults(), ...Array.from({ length: 8 }, (_, index) => program(index * 25))])
  const grown = heapUsed() - before
  keeper.stop()
  await server.close()
  const mean = [...cloud.load.values()].reduce((sum, count) => sum + count, 0) / (day / 100)
  process.stdout.write(
    `${JSON.stringify({ ...seen, asked: cloud.asked, perTenth: { mean, most: Math.max(...cloud.load.values()) }, grown })}\n`,
  )
  expect(seen.wrong).toEqual([])
  expect(seen.answers).toBeGreaterThan(3 * services)
  expect(grown).toBeLessThan(4_000_000)
})
