import { agentAddress } from '@federate/agent/daemon'
import { FederateError, nodeFetch, parseDuration, sendRequest, sleep } from '@federate/core'
import { exitStatus } from '../exit-status.ts'
import { agentPeer, runFolder } from '../run-folder.ts'
import type { Terminal } from '../terminal.ts'

export interface AgentWaitOptions {
  service?: string
  timeout: string
  runFolder?: string
}

/** `federate agent wait`: ends when what the agent lends lives, so that a script can begin to use it. */
export async function agentWait(options: AgentWaitOptions, terminal: Terminal): Promise<number> {
  const folder = runFolder(options.runFolder, terminal)
  const end = terminal.now() + parseDuration(options.timeout) * 1000
  for (;;) {
    const answer = await readiness(folder, options.service)
    if (answer === 'ready') return exitStatus.done
    if (terminal.now() >= end) throw notReady(options, answer)
    await sleep(0.2)
  }
}

async function readiness(folder: string, service: string | undefined): Promise<'ready' | FederateError | string> {
  try {
    const { url } = agentAddress(folder)
    const path = service === undefined ? '/readyz' : `/readyz/${encodeURIComponent(service)}`
    // No proxy leads to this host itself.
    const fetch = nodeFetch({ environment: {} })
    const answer = await sendRequest({ fetch, peer: agentPeer, method: 'GET', url: `${url}${path}` })
    return answer.status === 200 ? 'ready' : answer.body.trim()
  } catch (error) {
    if (error instanceof FederateError) return error
    throw error
  }
}

function notReady({ timeout, service }: AgentWaitOptions, answer: FederateError | string): FederateError {
  const reason = typeof answer === 'string' ? `It answers ${answer}` : answer.problem
  return new FederateError({
    code: 'AGENT_NOT_READY',
    outcome: 'failed',
    problem: `The agent did not get ready${service === undefined ? '' : ` for ${service}`} within ${timeout}. ${reason}`,
    next: 'Look at its log, or at /readyz.',
  })
}
