import { Counter, Gauge, Registry } from 'prom-client'
import type { LoanStatus } from '../loan.ts'

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

  renewed(name: string, outcome: 'success' | 'failure'): void {
    this.#renewals.inc({ name, outcome })
  }

  answered(status: number): void {
    this.#requests.inc({ status: String(status) })
  }

  /** The text that Prometheus reads, with the state of now. */
  async text(states: readonly LoanStatus[]): Promise<string> {
    // What is not lent any more is not shown any more.
    this.#expiry.reset()
    this.#ready.reset()
    for (const { name, state, expiresAt } of states) {
      this.#ready.set({ name }, state === 'fresh' || state === 'stale' ? 1 : 0)
      if (expiresAt !== undefined) this.#expiry.set({ name }, expiresAt.getTime() / 1000)
    }
    return this.#registry.metrics()
  }

  get type(): string {
    return this.#registry.contentType
  }
}
