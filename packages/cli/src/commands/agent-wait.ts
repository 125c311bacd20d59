import { agentAddress } from '@federate/agent/daemon'
import { FederateError, monotonicNow, nodeFetch, parseDuration, sendRequest, sleep } from '@federate/core'
import { type AgentReadiness, parseReadiness, readinessText } from '../agent-readiness.ts'
import { exitStatus } from '../exit-status.ts'
import { agentPeer, runFolder } from '../run-folder.ts'
import type { Terminal } from '../terminal.ts'

export interface AgentWaitOptions {
  service?: string
  timeout: string
  runFolder?: string
  json?: boolean
}

/** `federate agent wait`: ends when what the agent lends lives, so that a script can begin to use it. */
export async function agentWait(options: AgentWaitOptions, terminal: Terminal): Promise<number> {
  const folder = runFolder(options.runFolder, terminal)
  // By a clock that is never set: this runs when a host starts, which is when its own one is set.
  const end = monotonicNow() + parseDuration(options.timeout) * 1000
  for (;;) {
    const answer = await readiness(folder, options.service)
    if (!(answer instanceof FederateError) && answer.ready) {
      if (options.json === true) terminal.out(`${JSON.stringify(answer, undefined, 2)}\n`)
      return exitStatus.done
    }
    if (monotonicNow() >= end) throw notReady(options, answer)
    await sleep(0.2)
  }
}

/**
 * What the agent says of itself, or why it could not be asked.
 *
 * @throws FederateError (usage) `AGENT_SERVICE_UNKNOWN`: waiting would bring nothing.
 */
async function readiness(folder: string, service: string | undefined): Promise<AgentReadiness | FederateError> {
  try {
    const { url } = agentAddress(folder)
    // No proxy leads to this host itself.
    const fetch = nodeFetch({ environment: {} })
    const ask = (path: string) => sendRequest({ fetch, peer: agentPeer, method: 'GET', url: `${url}${path}` })
    const answer = await ask(service === undefined ? '/readyz' : `/readyz/${encodeURIComponent(service)}`)
    if (service === undefined || answer.status !== 404) return parseReadiness(answer)
    throw unknownService(service, parseReadiness(await ask('/readyz')).services)
  } catch (error) {
    if (error instanceof FederateError && error.code !== 'AGENT_SERVICE_UNKNOWN') return error
    throw error
  }
}

function unknownService(service: string, known: readonly string[]): FederateError {
  return new FederateError({
    code: 'AGENT_SERVICE_UNKNOWN',
    outcome: 'usage',
    problem: `The agent works for no service ${service}; it works for: ${known.join(', ') || 'none'}.`,
    next: 'Check the name, or give the agent its service file and send it SIGHUP.',
    details: { service, known },
  })
}

function notReady({ timeout, service }: AgentWaitOptions, answer: FederateError | AgentReadiness): FederateError {
  const known = !(answer instanceof FederateError)
  return new FederateError({
    code: 'AGENT_NOT_READY',
    outcome: known ? 'failed' : answer.outcome,
    problem: `The agent did not get ready${service === undefined ? '' : ` for ${service}`} within ${timeout}. ${known ? `What it keeps:\n${readinessText(answer)}` : answer.problem}`,
    next: known ? "Look at the reasons above; the agent's log has every try." : answer.next,
    ...(known ? { details: { lent: answer.lent, files: answer.files } } : { cause: answer }),
  })
}
