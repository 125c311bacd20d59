import { FederateError } from '@federate/core'
import { type Door, type EndpointServer, serveEndpoints } from '../endpoint/server.ts'
import { Keeper } from '../keeper.ts'
import type { Loan, LoanStatus } from '../loan.ts'
import type { Renewable } from '../upstream.ts'
import { healthDoors } from './health.ts'
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
  readonly host: string
  readonly port: number
  readonly folder: RunFolder
  readonly metrics: Metrics
  readonly log: Log
  readonly pid: number
}

/** Keeps the credentials of many services fresh and lends them, until it is closed. */
export class Agent {
  readonly #options: AgentOptions
  readonly #server: EndpointServer
  readonly #keeper = new Keeper()
  #services: readonly AgentService[] = []
  #reloading: Promise<void> = Promise.resolve()

  private constructor(options: AgentOptions, server: EndpointServer) {
    this.#options = options
    this.#server = server
  }

  /** @throws FederateError of `load` and of `serveEndpoints`; nothing keeps running then. */
  static async start(options: AgentOptions): Promise<Agent> {
    const services = unique(await options.load())
    const { host, port, metrics, folder, pid } = options
    const server = await serveEndpoints({ host, port, onAnswer: (_path, status) => metrics.answered(status) })
    const agent = new Agent(options, server)
    try {
      await agent.#take(services)
      await folder.tell({ url: server.url, pid })
    } catch (error) {
      await agent.close()
      throw error
    }
    options.log.info({ url: server.url, services: services.map(({ name }) => name) }, 'lending')
    return agent
  }

  get url(): string {
    return this.#server.url
  }

  get states(): readonly LoanStatus[] {
    return this.#services.flatMap(({ loans }) => loans.map(({ status }) => status))
  }

  /** Reads the service files again. If one is bad, everything stays as it is. Never throws. */
  reload(): Promise<void> {
    this.#reloading = this.#reloading.then(async () => {
      const { load, log } = this.#options
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
    await this.#server.close()
  }

  async #take(wanted: readonly AgentService[]): Promise<void> {
    const old = new Map(this.#services.map((service) => [service.name, service]))
    const services = wanted.map((service) => {
      const known = old.get(service.name)
      return known?.fingerprint === service.fingerprint ? known : service
    })
    const doors = await Promise.all(
      services.map(async (service) => service.doors((await this.#options.folder.secretOf(service.name)).value)),
    )
    const states = new Map(services.map(({ name, loans }) => [name, () => loans.map(({ status }) => status)]))
    const gone = this.#services.filter((service) => !services.includes(service))
    const added = services.filter((service) => !this.#services.includes(service))
    this.#services = services
    this.#keeper.remove(...gone.flatMap(({ loans }) => loans))
    this.#server.open([...doors.flat(), ...healthDoors(states, this.#options.metrics)])
    this.#keeper.add(...added.flatMap(({ loans }) => loans))
  }
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
