/**
 * `federate plan keycloak` for 1, 50 and 500 services on a real Keycloak: requests of a plan without changes and of a
 * first apply, and the plan's time beside that of the same requests sent bare, the login first. Prints a table; asserts
 * nothing.
 */
import { type CallContext, nodeFetch, type ServiceWish } from '@federate/core'
import { applyPlan, makePlan } from '@federate/core/plan'
import { type CredentialStore, keycloakTrust } from '@federate/keycloak/trust'
import { stringField } from '../keycloak/admin.ts'
import { keycloakAvailability } from '../keycloak/availability.ts'
import { bootstrapAdmin } from '../keycloak/distribution.ts'
import { type RunningKeycloak, startKeycloak } from '../keycloak/server.ts'
import { median } from './verify-pairs.ts'

interface Sent {
  readonly url: string
  readonly init: Parameters<CallContext['fetch']>[1]
}

/** Every request that was sent, and how many were under way at the same time at most. */
class Recorder {
  readonly sent: Sent[] = []
  mostAtOnce = 0
  failed = 0
  #underWay = 0
  readonly #real = nodeFetch()

  readonly fetch: CallContext['fetch'] = async (url, init) => {
    this.sent.push({ url, init })
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#underWay)
    try {
      const answer = await this.#real(url, init)
      if (answer.status >= 400 && answer.status !== 404) this.failed += 1
      return answer
    } finally {
      this.#underWay -= 1
    }
  }
}

const api = { name: 'orders', audience: 'api://orders', roles: ['reader', 'writer'] }

const credentials: CredentialStore = {
  given: async () => undefined,
  deliver: async () => {},
  publicKeys: async () => undefined,
  makeKey: async () => '{"keys":[]}',
}

if (keycloakAvailability().available) {
  const server = await startKeycloak()
  try {
    console.log(
      '| services | no-op plan: requests | per service beyond the lists | plan / bare requests, ms (ratio) | first apply: requests, per service | at once | errors |',
    )
    console.log('|---|---|---|---|---|---|---|')
    for (const count of [1, 50, 500]) await measure(server, count)
  } finally {
    await server.close()
  }
}

async function measure(server: RunningKeycloak, count: number): Promise<void> {
  const realm = `bench-${count}`
  await server.admin.create('', { realm, enabled: true })
  const services = Array.from({ length: count }, (_, index) => serviceOf(server.issuer(realm), index))
  const first = new Recorder()
  await applyPlan(await planOf(server, realm, services, first), { signal: AbortSignal.timeout(1_200_000) })
  const pairs: [number, number][] = []
  let requests = 0
  // The first rounds are for the compilers, the server's and ours.
  for (let round = -2; round < (count === 1 ? 25 : 7); round += 1) {
    const recorder = new Recorder()
    const planned = await timed(async () => {
      const plan = await planOf(server, realm, services, recorder)
      const changed = plan.work.filter(({ step }) => step.action !== 'none')
      if (changed.length > 0) throw new Error(`${changed.length} step(s) would change something`)
    })
    const bare = await timed(() => sendBare(recorder.sent))
    if (round >= 0) pairs.push([planned, bare])
    requests = recorder.sent.length
  }
  const ratios = pairs.map(([planned, bare]) => planned / bare)
  // Login, realm, scopes, default scopes (two lists), clients (500 a page), roles of the API and who has each of them.
  const lists = 8 + Math.ceil((count + 8) / 500)
  const cells = [
    count,
    requests,
    ((requests - lists) / count).toFixed(2),
    `${median(pairs.map(([planned]) => planned)).toFixed(0)} / ${median(pairs.map(([, bare]) => bare)).toFixed(0)} (${median(ratios).toFixed(2)})`,
    `${first.sent.length}, ${(first.sent.length / count).toFixed(1)}`,
    first.mostAtOnce,
    first.failed,
  ]
  console.log(`| ${cells.join(' | ')} |`)
}

async function planOf(server: RunningKeycloak, realm: string, services: readonly ServiceWish[], recorder: Recorder) {
  const signal = AbortSignal.timeout(1_200_000)
  const env = {
    FEDERATE_KEYCLOAK_USERNAME: bootstrapAdmin.username,
    FEDERATE_KEYCLOAK_PASSWORD: bootstrapAdmin.password,
  }
  const trust = await keycloakTrust({
    owner: 'acme',
    issuer: { url: server.issuer(realm), kind: 'keycloak' },
    services,
    apis: [api],
    rotate: new Set(),
    credentials,
    context: { signal, now: Date.now, fetch: recorder.fetch, env, warn: console.warn },
  })
  return makePlan({ owner: 'acme', resources: trust.resources, found: await trust.discover(signal), signal })
}

/** Half of the services have a role in the API. */
function serviceOf(issuer: string, index: number): ServiceWish {
  const name = `service-${index}`
  return {
    ...{ name, clientId: name, issuerName: 'main', issuer: { url: issuer, kind: 'keycloak' } },
    subject: `service-account-${name}`,
    auth: { method: 'client_secret_basic', secret: { file: name } },
    claims: { environment: 'production' },
    roles: index % 2 === 0 ? { orders: ['reader'] } : {},
    targets: [{ service: name, name: 's3', cloud: 'aws', wish: {} }],
  }
}

/** The same requests again: the login, then eight at a time as a plan sends them, and nothing made of their answers. */
async function sendBare(sent: readonly Sent[]): Promise<void> {
  const fetch = nodeFetch()
  const send = async ({ url, init }: Sent, headers = {}) => {
    const signal = AbortSignal.timeout(60_000)
    const answer = await fetch(url, { ...init, signal, headers: { ...init.headers, ...headers } })
    const parts: Uint8Array[] = []
    for await (const part of answer.body ?? []) parts.push(part)
    return Buffer.concat(parts)
  }
  const login = sent.find(({ init }) => init.method === 'POST')
  if (login === undefined) throw new Error('the plan did not log in')
  const authorization = `Bearer ${stringField(JSON.parse((await send(login)).toString()), 'access_token')}`
  const queue = sent.filter((one) => one !== login)
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await send(next, { authorization })
  }
  await Promise.all(Array.from({ length: 8 }, worker))
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}
