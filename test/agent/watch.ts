import { setTimeout as wait } from 'node:timers/promises'
import type { RunningAgent } from '../cli/running-agent.ts'

/** One answer of an agent, as a client of it saw it. */
export interface Seen {
  /** Seconds since the watch began. */
  readonly at: number
  readonly service: string
  readonly status: number
  /** The reason of a refusal. */
  readonly code?: string
  readonly key?: string
  /** Seconds for which it still lived when it was asked for. */
  readonly left?: number
}

/** Clients that ask an agent for credentials again and again, as programs of each service do. */
export class Watch {
  readonly seen: Seen[] = []
  readonly #agent: RunningAgent
  readonly #began = performance.now()
  readonly #clients: Promise<unknown>
  #over = false

  constructor(agent: RunningAgent, services: readonly string[]) {
    this.#agent = agent
    this.#clients = Promise.all(services.map((service) => this.#client(service)))
    // A client that failed is told at the end, and not as a rejection that nobody handles.
    this.#clients.catch(() => {})
  }

  get now(): number {
    return (performance.now() - this.#began) / 1000
  }

  /** Has every client ask once more: so the last answers are of how it is now. */
  async end(): Promise<readonly Seen[]> {
    this.#over = true
    await this.#clients
    return this.seen
  }

  async #client(service: string): Promise<void> {
    const url = `${await this.#agent.url()}/${service}/s3`
    // A connection that is kept may end just as the next request goes out on it, and that would be no answer of the agent's.
    const headers = { authorization: await this.#agent.secret(service), connection: 'close' }
    for (;;) {
      const last = this.#over
      const [at, asked] = [this.now, Date.now()]
      const response = await fetch(url, { headers })
      const { Code, AccessKeyId, Expiration } = JSON.parse(await response.text())
      const { status } = response
      this.seen.push(
        status === 200
          ? { at, service, status, key: AccessKeyId, left: (Date.parse(Expiration) - asked) / 1000 }
          : { at, service, status, code: Code },
      )
      if (last) return
      await wait(50)
    }
  }
}

/** What clients saw, second by second, with equal seconds together: `3–7 s: 200, 500 ISSUER_UNREACHABLE`. */
export function secondBySecond(seen: readonly Seen[]): readonly string[] {
  const kinds = (answers: readonly Seen[]) =>
    [...new Set(answers.map(({ status, code }) => [status, code].join(' ').trim()))].sort().join(', ')
  const seconds = [...Map.groupBy(seen, ({ at }) => Math.floor(at))].map(([at, answers]) => ({
    at,
    saw: kinds(answers),
  }))
  const changes = seconds.filter(({ saw }, index) => saw !== seconds[index - 1]?.saw)
  return changes.map(
    ({ at, saw }, index) => `${at}–${changes[index + 1]?.at ?? (seconds.at(-1)?.at ?? at) + 1} s: ${saw}`,
  )
}

/** Answers that no client may ever get: expired, empty, of another service, or a refusal without a reason. */
export function wrongAnswers(seen: readonly Seen[], roles: ReadonlyMap<string, string>): readonly string[] {
  return seen.flatMap(({ at, service, status, code, key, left = 0 }) => {
    const told = `${at.toFixed(1)} s: ${service}`
    if (status !== 200) return code ? [] : [`${told} got ${status} without a reason`]
    if (key === undefined) return [`${told} got nothing`]
    if (left <= 0) return [`${told} got what expired ${-left} s ago`]
    return roles.get(key) === service ? [] : [`${told} got what is ${roles.get(key)}'s`]
  })
}
