import type { EndpointAnswer } from '@federate/core'
import type { Door } from '../endpoint/server.ts'
import type { LoanStatus } from '../loan.ts'
import type { Metrics } from './metrics.ts'

type Answer = EndpointAnswer & { readonly type?: string }

/**
 * The doors that need no secret: whether the agent lives, whether what it lends lives, for all services and for each,
 * and the metrics. They name services, targets and reasons, and nothing that opens anything.
 */
export function healthDoors(services: ReadonlyMap<string, () => readonly LoanStatus[]>, metrics: Metrics): Door[] {
  const all = () => [...services.values()].flatMap((states) => states())
  return [
    door('/livez', async () => json(200, { state: 'alive' })),
    door('/readyz', async () => readiness([...services.keys()], all())),
    ...[...services].map(([name, states]) => door(`/readyz/${name}`, async () => readiness([name], states()))),
    door('/metrics', async () => ({ status: 200, body: await metrics.text(all()), type: metrics.type })),
  ]
}

/** Ready: everything that is lent lives. What is not, and why, is said. */
function readiness(services: readonly string[], states: readonly LoanStatus[]): Answer {
  const ready = states.every(({ state }) => state === 'fresh' || state === 'stale')
  return json(ready ? 200 : 503, { ready, services, lent: states })
}

function door(path: string, answer: () => Promise<Answer>): Door {
  return { path, answer, refusal: (code, message) => JSON.stringify({ code, message }) }
}

function json(status: number, value: object): Answer {
  return { status, body: `${JSON.stringify(value)}\n` }
}
