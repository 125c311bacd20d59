import type { RunningAgent } from '../cli/running-agent.ts'
import { allFresh, failures, OutageWorld, services } from './outage-world.ts'
import { type Seen, Watch } from './watch.ts'

/** What clients saw of two agents, while the issuer of both was away. */
export interface ToldOfOutage {
  /** Of credentials that live for an hour, as in life. */
  readonly lasting: readonly Seen[]
  /** Of credentials that live for six seconds. */
  readonly brief: readonly Seen[]
  /** The role of each key. */
  readonly roles: ReadonlyMap<string, string>
  /** Renewals that failed. */
  readonly failures: number
  /** Seconds: when the issuer went, when it was there again, and when every service had its credentials again. */
  readonly marks: { readonly gone: number; readonly back: number; readonly served: number }
}

/** Two agents and their clients, from before their issuer goes away until all is well again. */
export class AgentsInOutage {
  readonly #world: OutageWorld
  readonly #watches: readonly Watch[]
  readonly #agents: readonly RunningAgent[]
  #marks = { gone: 0, back: 0 }

  private constructor(world: OutageWorld, watches: readonly Watch[], agents: readonly RunningAgent[]) {
    this.#world = world
    this.#watches = watches
    this.#agents = agents
  }

  static async start(issuer: string): Promise<AgentsInOutage> {
    const world = await OutageWorld.make(issuer)
    const [brief, lasting] = await Promise.all([world.agent('brief', world.sts.port), world.agent('lasting')])
    const agents = [brief, lasting]
    const watches = [new Watch(brief, services), new Watch(lasting, services)]
    return new AgentsInOutage(world, watches, agents)
  }

  mark(what: 'gone' | 'back'): void {
    this.#marks = { ...this.#marks, [what]: this.#now }
  }

  /** Waits until every service has its credentials again. */
  async end(): Promise<ToldOfOutage> {
    await Promise.all(this.#agents.map(allFresh))
    const marks = { ...this.#marks, served: this.#now }
    const failed = await Promise.all(this.#agents.map(failures))
    const [brief = [], lasting = []] = await Promise.all(this.#watches.map((watch) => watch.end()))
    return { lasting, brief, roles: this.#world.sts.roles, failures: failed[0] ?? 0, marks }
  }

  async close(): Promise<void> {
    await Promise.all(this.#watches.map((watch) => watch.end()))
    await this.#world.close()
  }

  get #now(): number {
    return this.#watches[0]?.now ?? 0
  }
}
