import { isAbsolute, resolve } from 'node:path'
import type { LoanStatus } from '@federate/agent'
import {
  Agent,
  type AgentOptions,
  jsonLog,
  type Log,
  Metrics,
  RunFolder,
  serviceManager,
  systemdUnit,
} from '@federate/agent/daemon'
import { FederateError, isLoopbackHost } from '@federate/core'
import { forEachLimited } from '@federate/core/plan'
import { agentServices } from '../agent-services.ts'
import { callContext } from '../context.ts'
import { exitStatus } from '../exit-status.ts'
import { runFolder } from '../run-folder.ts'
import type { Terminal } from '../terminal.ts'

export interface AgentFlags {
  paths: readonly string[]
  listen: string
  runFolder?: string
  logLevel: string
  cache?: boolean
  once?: boolean
  unit?: boolean
}

/** `federate agent`: keeps the credentials of service files fresh and lends them, until SIGTERM or SIGINT. */
export async function agent(flags: AgentFlags, terminal: Terminal): Promise<number> {
  if (flags.unit === true) return printUnit(flags, terminal)
  const log = jsonLog(flags.logLevel)
  const metrics = new Metrics()
  const context = {
    ...callContext(terminal, new AbortController().signal),
    warn: (message: string) => log.warn({}, message),
  }
  const onRenewal = (error: FederateError | undefined, status: LoanStatus) => renewed(error, status, metrics, log)
  const load = () => agentServices(flags.paths, terminal, context, { cached: flags.cache ?? true, onRenewal })
  if (flags.once === true) return once(load, terminal)
  const folder = await RunFolder.take(runFolder(flags.runFolder, terminal))
  try {
    const { pid } = process
    return await lend({ ...addressOf(flags.listen), load, folder, metrics, log, pid }, terminal)
  } finally {
    await folder.release()
  }
}

async function lend(options: AgentOptions, { env }: Terminal): Promise<number> {
  const manager = serviceManager(env, options.pid, options.log)
  const running = await Agent.start(options)
  const reload = () =>
    void manager
      .tell('RELOADING=1')
      .then(() => running.reload())
      .then(() => manager.tell('READY=1'))
  process.on('SIGHUP', reload)
  manager.watch(() => true)
  await manager.tell('READY=1', `STATUS=lending at ${running.url}`)
  const signal = await ended()
  options.log.info({ signal }, 'ending')
  process.off('SIGHUP', reload)
  manager.stop()
  await manager.tell('STOPPING=1')
  await running.close()
  return exitStatus.done
}

/** How many are asked for at a time, once. */
const together = 16

/** `--once`: everything that can be had is in the cache afterwards; the first failure is the command's. */
async function once(load: AgentOptions['load'], terminal: Terminal): Promise<number> {
  const loans = (await load()).flatMap(({ loans }) => loans)
  await forEachLimited(loans, together, async (loan) => void (await loan.renew()))
  for (const { status } of loans) {
    const until = status.expiresAt === undefined ? '' : ` until ${status.expiresAt.toISOString()}`
    const reason = status.reason === undefined ? '' : ` ${status.reason.code}: ${status.reason.problem}`
    terminal.out(`${status.name} ${status.state}${until}${reason}\n`)
  }
  return loans.every(({ status }) => status.state === 'fresh') ? exitStatus.done : exitStatus.failed
}

function renewed(error: FederateError | undefined, { name, state, expiresAt }: LoanStatus, metrics: Metrics, log: Log) {
  metrics.renewed(name, error === undefined ? 'success' : 'failure')
  const facts = { lent: name, state, expiresAt: expiresAt?.toISOString() }
  if (error === undefined) log.info(facts, 'renewed')
  else log.warn({ ...facts, ...error.toJSON() }, 'not renewed')
}

/** @throws FederateError (usage) `LISTEN_INVALID`: what is lent is for this host alone. */
function addressOf(text: string): { readonly host: string; readonly port: number } {
  const [, host = '', port = ''] = /^(.+):(\d{1,5})$/.exec(text) ?? []
  const bare = host.replace(/^\[(.*)\]$/, '$1')
  if (isLoopbackHost(bare) && Number(port) <= 65_535) return { host: bare, port: Number(port) }
  throw new FederateError({
    code: 'LISTEN_INVALID',
    outcome: 'usage',
    problem: `--listen ${text} is no address of loopback with a port, and credentials are lent to this host alone.`,
    next: 'Write --listen 127.0.0.1:9912, with 0 for any free port.',
  })
}

function printUnit({ paths, listen }: AgentFlags, { cwd, command, out }: Terminal): number {
  // systemd starts it in another folder.
  const absolute = paths.map((path) => (isAbsolute(path) ? path : resolve(cwd, path)))
  out(systemdUnit({ command, args: [...absolute, '--listen', listen] }))
  return exitStatus.done
}

function ended(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal))
  })
}
