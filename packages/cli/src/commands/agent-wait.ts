import { agentAddress } from '@federate/agent/daemon'
import { FederateError, nodeFetch, parseDuration, sendRequest, sleep } from '@federate/core'
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
  const end = terminal.now() + parseDuration(options.timeout) * 1000
  for (;;) {
    const answer = await readiness(folder)
    const lent = answer instanceof FederateError ? undefined : ofService(answer, options.service)
    if (lent?.ready === true) {
      if (options.json === true) terminal.out(`${JSON.stringify(lent, undefined, 2)}\n`)
      return exitStatus.done
    }
    if (terminal.now() >= end) throw notReady(options, lent ?? answer)
    await sleep(0.2)
  }
}

/** What the agent says of itself, or why it could not be asked. */
async function readiness(folder: string): Promise<AgentReadiness | FederateError> {
  try {
    const { url } = agentAddress(folder)
    // No proxy leads to this host itself.
    const fetch = nodeFetch({ environment: {} })
    return parseReadiness(await sendRequest({ fetch, peer: agentPeer, method: 'GET', url: `${url}/readyz` }))
  } catch (error) {
    if (error instanceof FederateError) return error
    throw error
  }
}

/** @throws FederateError (usage) `AGENT_SERVICE_UNKNOWN`: waiting would bring nothing. */
function ofService(answer: AgentReadiness, service: string | undefined): AgentReadiness {
  if (service === undefined) return answer
  if (!answer.services.includes(service)) throw unknownService(service, answer.services)
  const lent = answer.lent.filter(({ name }) => name.startsWith(`${service}/`))
  return { ready: lent.every(({ state }) => state === 'fresh' || state === 'stale'), services: [service], lent }
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
    outcome: 'failed',
    problem: `The agent did not get ready${service === undefined ? '' : ` for ${service}`} within ${timeout}. ${known ? `What it lends:\n${readinessText(answer)}` : answer.problem}`,
    next: known ? "Look at the reasons above; the agent's log has every try." : answer.next,
    ...(known ? { details: { lent: answer.lent } } : { cause: answer }),
  })
}
