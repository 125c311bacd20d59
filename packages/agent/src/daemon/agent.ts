import { FederateError } from '@federate/core'
import { newSecret } from '../endpoint/secret.ts'
import { type Door, type EndpointServer, type EndpointServerOptions, serveEndpoints } from '../endpoint/server.ts'
import { Keeper } from '../keeper.ts'
import type { Loan } from '../loan.ts'
import type { Output } from '../outputs/output.ts'
import type { Renewable } from '../upstream.ts'
import { healthDoors, type ServiceState } from './health.ts'
import type { Metrics } from './metrics.ts'
import type { RunFolder } from './run-folder.ts'

/** Anything that is kept fresh. */
export type AnyLoan = Loan<{ readonly expiresAt: Date }>

/** One service that the agent works for. */
export interface AgentService {
  readonly name: string
  /** Changes with whatever the service is made of: one that is as it was stays as it is at a reload. */
  readonly fingerprint: string
  readonly loans: readonly (Renewable & Pick<AnyLoan, 'status'>)[]
  /** The files that are kept for it. */
  readonly outputs: readonly Output[]
  /** What is behind the secret of this service. */
  doors(secret: string): readonly Door[]
}

export interface Log {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

export interface AgentOptions {
  /** Reads all service files. Throws when one is bad. */
  readonly load: () => Promise<readonly AgentService[]>
  /** Where it lends: at least one place. */
  readonly listen: readonly EndpointServerOptions[]
  readonly folder: RunFolder
  readonly metrics: Metrics
  readonly log: Log
  readonly pid: number
}

/** Keeps the credentials of many services fresh and lends them, until it is closed. */
export class Agent {
  readonly #options: AgentOptions
  readonly #servers: readonly EndpointServer[]
  readonly #keeper = new Keeper()
  /** Apart, because commands that hang must not keep credentials from being renewed. */
  readonly #outputKeeper = new Keeper()
  #services: readonly AgentService[] = []
  #reloading: Promise<void> = Promise.resolve()

  private constructor(options: AgentOptions, servers: readonly EndpointServer[]) {
    this.#options = options
    this.#servers = servers
  }

  /** @throws FederateError of `load` and of `serveEndpoints`; nothing keeps running then. */
  static async start(options: AgentOptions): Promise<Agent> {
    const services = unique(await options.load())
    const { folder, pid } = options
    const servers = await startAll(options)
    const agent = new Agent(options, servers)
    const { url } = agent
    try {
      await agent.#take(services)
      await folder.tell({ url, pid }).catch((error) => untold(error, options.log))
    } catch (error) {
      await agent.close()
      throw error
    }
    options.log.info(
      { urls: servers.map((server) => server.url), services: services.map(({ name }) => name) },
      'lending',
    )
    return agent
  }

  /** For programs of this host: on loopback, where it listens there. */
  get url(): string {
    const urls = this.#servers.map(({ url }) => url)
    return urls.find((url) => url.startsWith('http:')) ?? urls[0] ?? ''
  }

  /** Reads files again: certificates, and what `load` reads. If something is bad, the old stays. Never throws. */
  reload(): Promise<void> {
    this.#reloading = this.#reloading.then(async () => {
      const { load, log } = this.#options
      await Promise.all(this.#servers.map((server) => server.refresh()))
      try {
        const services = unique(await load())
        await this.#take(services)
        log.info({ services: services.map(({ name }) => name) }, 'reloaded')
      } catch (error) {
        const facts = error instanceof FederateError ? error.toJSON() : { problem: String(error) }
        log.error(facts, 'not reloaded: the configuration is bad, and the old one stays')
      }
    })
    return this.#reloading
  }

  async close(): Promise<void> {
    this.#keeper.stop()
    this.#outputKeeper.stop()
    await Promise.all(this.#servers.map((server) => server.close()))
  }

  /** A disk that takes nothing more is no reason to lend nothing: other services' secrets may be there, and files elsewhere. */
  async #secretOf(service: string): Promise<string> {
    const { folder, log } = this.#options
    try {
      return (await folder.secretOf(service)).value
    } catch (error) {
      untold(error, log)
      return newSecret()
    }
  }

  async #take(wanted: readonly AgentService[]): Promise<void> {
    const old = new Map(this.#services.map((service) => [service.name, service]))
    const services = wanted.map((service) => {
      const known = old.get(service.name)
      return known?.fingerprint === service.fingerprint ? known : service
    })
    const doors = await Promise.all(services.map(async (service) => service.doors(await this.#secretOf(service.name))))
    const states = new Map(services.map((service) => [service.name, () => stateOf(service)]))
    const gone = this.#services.filter((service) => !services.includes(service))
    const added = services.filter((service) => !this.#services.includes(service))
    const kept = services.filter((service) => this.#services.includes(service))
    this.#services = services
    this.#keeper.remove(...gone.flatMap(({ loans }) => loans))
    this.#outputKeeper.remove(...gone.flatMap(({ outputs }) => outputs))
    const open = [...doors.flat(), ...healthDoors(states, this.#options.metrics)]
    for (const server of this.#servers) server.open(open)
    this.#outputKeeper.add(...added.flatMap(({ outputs }) => outputs))
    this.#keeper.add(...added.flatMap(({ loans }) => loans))
    // Somebody may have removed or changed a file.
    for (const output of kept.flatMap(({ outputs }) => outputs))
      if (output.status.state !== 'starting') output.renewed()
  }
}

/** Programs that know the address and their secret already, from the agent before this one, need neither told again. */
function untold(error: unknown, log: Log): void {
  if (!(error instanceof FederateError)) throw error
  log.error(error.toJSON(), 'programs cannot be told where the agent is, or its secrets')
}

/** All of them or none. */
async function startAll({ listen, metrics }: AgentOptions): Promise<readonly EndpointServer[]> {
  const onAnswer = (_path: string | undefined, status: number) => metrics.answered(status)
  const servers: EndpointServer[] = []
  try {
    for (const place of listen) servers.push(await serveEndpoints({ ...place, onAnswer }))
    return servers
  } catch (error) {
    await Promise.all(servers.map((server) => server.close()))
    throw error
  }
}

function stateOf({ loans, outputs }: AgentService): ServiceState {
  return { lent: loans.map(({ status }) => status), files: outputs.map(({ status }) => status) }
}

function unique(services: readonly AgentService[]): readonly AgentService[] {
  const names = services.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice === undefined) return services
  throw new FederateError({
    code: 'SERVICE_TWICE',
    outcome: 'usage',
    problem: `Two service files are of the service ${twice}.`,
    next: 'Give the agent one of them.',
  })
}
