import type { Answer, Door } from '../endpoint/server.ts'
import { isReady, type LoanStatus } from '../loan.ts'
import type { Metrics } from './metrics.ts'

/** How a service's things are: what is lent of it, and the files that are kept for it. */
export interface ServiceState {
  readonly lent: readonly LoanStatus[]
  readonly files: readonly LoanStatus[]
}

/**
 * The doors that need no secret: whether the agent lives, whether what it lends and writes lives, for all services and for
 * each, and the metrics. They name services, targets, paths and reasons, and nothing that opens anything.
 */
export function healthDoors(services: ReadonlyMap<string, () => ServiceState>, metrics: Metrics): Door[] {
  const all = () => {
    const states = [...services.values()].map((state) => state())
    return { lent: states.flatMap(({ lent }) => lent), files: states.flatMap(({ files }) => files) }
  }
  return [
    door('/livez', () => json(200, { state: 'alive' })),
    door('/readyz', () => readiness([...services.keys()], all())),
    ...[...services].map(([name, state]) => door(`/readyz/${name}`, () => readiness([name], state()))),
    door('/metrics', async () => ({ status: 200, body: await metrics.text(all()), type: metrics.type })),
  ]
}

/** Ready: everything that is lent lives, and what is in every file. What does not, and why, is said. */
function readiness(services: readonly string[], { lent, files }: ServiceState): Answer {
  const ready = [...lent, ...files].every(isReady)
  return json(ready ? 200 : 503, { ready, services, lent, files })
}

function door(path: string, answer: () => Answer | Promise<Answer>): Door {
  return { path, answer, refusal: (code, message) => JSON.stringify({ code, message }) }
}

function json(status: number, value: object): Answer {
  return { status, body: `${JSON.stringify(value)}\n` }
}
