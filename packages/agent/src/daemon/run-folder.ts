import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { FederateError, writeFileAtomically } from '@federate/core'
import {
  holderDied,
  type PrivateFolderKind,
  preparePrivateFolder,
  readPrivateFile,
  tryHold,
} from '@federate/core/cache'
import { newSecret } from '../endpoint/secret.ts'

/** What the agent tells the programs of the same user: where it is, and where each service's secret is. */
export interface AgentAddress {
  readonly url: string
  readonly pid: number
}

const kind: PrivateFolderKind = {
  code: 'RUN_FOLDER_UNUSABLE',
  title: 'run folder',
  another: 'With --run-folder, name',
}

const secretShape = /^[\w-]{43}$/

/** The agent's folder, for one agent at a time: its address, and one file per service with the secret of its doors. */
export class RunFolder {
  readonly #path: string

  private constructor(path: string) {
    this.#path = path
  }

  /** @throws FederateError (failed) `RUN_FOLDER_UNUSABLE` when others may use the folder, `AGENT_RUNNING` when an agent does. */
  static async take(path: string): Promise<RunFolder & { release(): Promise<void> }> {
    preparePrivateFolder(path, kind)
    const lock = await tryHold(lockOf(path))
    if (lock !== undefined && 'gone' in lock) {
      // Not waited for: the connection to its holder is closed.
      await lock.gone(0)
      throw running(path)
    }
    const release = async () => {
      await rm(addressFile(path), { force: true }).catch(() => undefined)
      await lock?.release()
    }
    return Object.assign(new RunFolder(path), { release })
  }

  /** The secret of a service, and its file. One that is there is kept, so that its programs need not be started anew. */
  async secretOf(service: string): Promise<{ readonly value: string; readonly file: string }> {
    const file = secretFile(this.#path, service)
    const known = readPrivateFile(file)
    if (known !== undefined && secretShape.test(known)) return { value: known, file }
    const value = newSecret()
    // Without a newline: botocore takes the file as it is.
    await writeFileAtomically(file, value, { mode: 0o600 })
    return { value, file }
  }

  async tell(address: AgentAddress): Promise<void> {
    await writeFileAtomically(addressFile(this.#path), JSON.stringify(address), { mode: 0o600 })
  }
}

/** The secret of a service's doors, and its file. @throws FederateError `AGENT_MISSING` when no agent has made it. */
export function agentSecret(folder: string, service: string): { readonly value: string; readonly file: string } {
  const file = secretFile(folder, service)
  const value = readPrivateFile(file)
  if (value !== undefined) return { value, file }
  throw new FederateError({
    code: 'AGENT_MISSING',
    outcome: 'failed',
    problem: `The agent that tells its address in ${folder} does not lend to ${service}.`,
    next: "Give the agent the service's file, and reload it with SIGHUP.",
  })
}

function secretFile(folder: string, service: string): string {
  return join(folder, `${encodeURIComponent(service)}.secret`)
}

/** The address of the agent that runs here. @throws FederateError `AGENT_MISSING` (unreachable) */
export function agentAddress(folder: string): AgentAddress {
  const address = parseAddress(readPrivateFile(addressFile(folder)))
  if (address !== undefined) return address
  throw new FederateError({
    code: 'AGENT_MISSING',
    outcome: 'unreachable',
    problem: `No agent has told its address in ${folder}.`,
    next: 'Start it with `federate agent`, or name its folder with --run-folder.',
  })
}

/** Whoever took the port of an agent that was killed would be sent secrets. @throws FederateError `AGENT_MISSING` (unreachable) */
export async function refuseKilledAgent(folder: string): Promise<void> {
  if (!(await holderDied(lockOf(folder)))) return
  throw new FederateError({
    code: 'AGENT_MISSING',
    outcome: 'unreachable',
    problem: `The agent that told its address in ${folder} was killed.`,
    next: 'Start it again with `federate agent`.',
  })
}

/** Who holds it is the agent of a folder. */
function lockOf(folder: string): string {
  return join(folder, 'agent')
}

function addressFile(folder: string): string {
  return join(folder, 'agent.json')
}

/** What no agent of this version writes, or only half, tells no address. */
function parseAddress(text: string | undefined): AgentAddress | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '')
    return isAddress(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isAddress(value: unknown): value is AgentAddress {
  if (typeof value !== 'object' || value === null || !('url' in value) || !('pid' in value)) return false
  const url = typeof value.url === 'string' ? URL.parse(value.url) : null
  return url !== null && /^https?:$/.test(url.protocol) && Number.isInteger(value.pid)
}

function running(path: string): FederateError {
  return new FederateError({
    code: 'AGENT_RUNNING',
    outcome: 'failed',
    problem: `Another agent uses ${path}.`,
    next: 'End it, reload it with SIGHUP, or give this one another --run-folder.',
  })
}
