import { Counter, Gauge, Registry } from 'prom-client'
import { isReady } from '../loan.ts'
import type { ServiceState } from './health.ts'

/** What the agent counts, for Prometheus. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #renewals = new Counter({
    name: 'federate_renewals_total',
    help: 'Renewals of credentials and tokens, by what came of them.',
    labelNames: ['name', 'outcome'],
    registers: [this.#registry],
  })
  readonly #requests = new Counter({
    name: 'federate_requests_total',
    help: 'Requests to the endpoint, by status.',
    labelNames: ['status'],
    registers: [this.#registry],
  })
  readonly #answers = new Map<number, number>()
  readonly #expiry = new Gauge({
    name: 'federate_expiry_timestamp_seconds',
    help: 'When what is lent expires.',
    labelNames: ['name'],
    registers: [this.#registry],
  })
  readonly #ready = new Gauge({
    name: 'federate_ready',
    help: 'Whether something that lives can be lent.',
    labelNames: ['name'],
    registers: [this.#registry],
  })

  readonly #outputs = new Counter({
    name: 'federate_outputs_total',
    help: 'Writes of files and notifications of who reads them, by what came of them.',
    labelNames: ['path', 'done', 'outcome'],
    registers: [this.#registry],
  })
  readonly #outputExpiry = new Gauge({
    name: 'federate_output_expiry_timestamp_seconds',
    help: 'When what is in a file expires.',
    labelNames: ['path'],
    registers: [this.#registry],
  })
  readonly #outputReady = new Gauge({
    name: 'federate_output_ready',
    help: 'Whether something that lives is in a file.',
    labelNames: ['path'],
    registers: [this.#registry],
  })

  renewed(name: string, outcome: 'success' | 'failure'): void {
    this.#renewals.inc({ name, outcome })
  }

  /** Counted here and told when somebody asks: to name a counter's labels takes longer than to answer a request. */
  answered(status: number): void {
    this.#answers.set(status, (this.#answers.get(status) ?? 0) + 1)
  }

  output(path: string, done: 'write' | 'notify', outcome: 'success' | 'failure'): void {
    this.#outputs.inc({ path, done, outcome })
  }

  /** The text that Prometheus reads, with the state of now. */
  async text({ lent, files }: ServiceState): Promise<string> {
    this.#requests.reset()
    for (const [status, count] of this.#answers) this.#requests.inc({ status: String(status) }, count)
    // What is not lent or written any more is not shown any more.
    for (const gauge of [this.#expiry, this.#ready, this.#outputExpiry, this.#outputReady]) gauge.reset()
    for (const status of lent) {
      this.#ready.set({ name: status.name }, isReady(status) ? 1 : 0)
      if (status.expiresAt !== undefined) this.#expiry.set({ name: status.name }, status.expiresAt.getTime() / 1000)
    }
    for (const status of files) {
      this.#outputReady.set({ path: status.name }, isReady(status) ? 1 : 0)
      if (status.expiresAt !== undefined)
        this.#outputExpiry.set({ path: status.name }, status.expiresAt.getTime() / 1000)
    }
    return this.#registry.metrics()
  }

  get type(): string {
    return this.#registry.contentType
  }
}
