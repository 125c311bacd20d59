import { basename, resolve } from 'node:path'
import type { LoanStatus } from '@federate/agent'
import {
  Agent,
  type AgentOptions,
  jsonLog,
  type Log,
  Metrics,
  type OutputOutcome,
  RunFolder,
  serviceManager,
} from '@federate/agent/daemon'
import type { FederateError } from '@federate/core'
import { forEachLimited } from '@federate/core/plan'
import { agentServices } from '../agent-services.ts'
import { agentUnit, type UnitFlags, writeUnit } from '../agent-unit.ts'
import { callContext } from '../context.ts'
import { exitStatus, statusOf } from '../exit-status.ts'
import { listenPlaces } from '../listen-places.ts'
import { runFolder } from '../run-folder.ts'
import type { Terminal } from '../terminal.ts'

export interface AgentFlags extends UnitFlags {
  runFolder?: string
  logLevel: string
  once?: boolean
  unit?: boolean
}

/** `federate agent`: keeps the credentials of service files fresh and lends them, until SIGTERM or SIGINT. */
export async function agent(flags: AgentFlags, terminal: Terminal): Promise<number> {
  if (flags.unit === true || flags.unitFile !== undefined) return unit(flags, terminal)
  const log = jsonLog(flags.logLevel)
  const metrics = new Metrics()
  const ending = new AbortController()
  const context = {
    ...callContext(terminal, ending.signal),
    warn: (message: string) => log.warn({}, message),
  }
  const onRenewal = (error: FederateError | undefined, status: LoanStatus) => renewed(error, status, metrics, log)
  const onOutcome = (outcome: OutputOutcome, status: LoanStatus) => wrote(outcome, status, metrics, log)
  const { paths, config, cache: cached = true } = flags
  const load = () => agentServices({ paths, config, cached, onRenewal, onOutcome }, terminal, context)
  if (flags.once === true) return once(load, terminal)
  const listen = listenPlaces(flags, terminal.cwd, context.warn)
  const folder = await RunFolder.take(runFolder(flags.runFolder, terminal))
  try {
    const { pid } = process
    return await lend({ listen, load, folder, metrics, log, pid }, terminal)
  } finally {
    // Whoever waited for the issuer or the cloud, or for another process, would keep this one for as long.
    ending.abort(new Error('The agent has ended.'))
    await folder.release()
  }
}

async function lend(options: AgentOptions, { env }: Terminal): Promise<number> {
  const manager = serviceManager(env, options.pid, options.log)
  const starting = Agent.start(options)
  const reload = () =>
    void manager
      .tell('RELOADING=1')
      .then(async () => (await starting).reload())
      .then(() => manager.tell('READY=1'))
      // One that could not be started says so itself.
      .catch(() => undefined)
  // From the beginning: systemd takes an end by SIGHUP for a clean one, and does not start the agent again.
  process.on('SIGHUP', reload)
  const running = await starting
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

/** `--once`: everything that can be had is in the cache and in files afterwards. */
async function once(load: AgentOptions['load'], terminal: Terminal): Promise<number> {
  const services = await load()
  const loans = services.flatMap((service) => service.loans)
  const outputs = services.flatMap((service) => service.outputs)
  await forEachLimited(loans, together, async (loan) => void (await loan.renew()))
  await Promise.all(outputs.map((output) => output.renew()))
  const all = [...loans, ...outputs].map(({ status }) => status)
  for (const { name, state, expiresAt, reason } of all) {
    const until = expiresAt === undefined ? '' : ` until ${expiresAt.toISOString()}`
    terminal.out(`${name} ${state}${until}${reason === undefined ? '' : ` ${reason.code}: ${reason.problem}`}\n`)
  }
  return statusOfAll(all.filter(({ state }) => state !== 'fresh'))
}

/** As of a single failure, where all failed alike. What has no reason of its own, a file, waits for what has one. */
function statusOfAll(failed: readonly LoanStatus[]): number {
  if (failed.length === 0) return exitStatus.done
  const [outcome = 'failed', another] = new Set(failed.flatMap(({ reason }) => reason?.outcome ?? []))
  return statusOf(another === undefined ? outcome : 'failed')
}

function renewed(error: FederateError | undefined, { name, state, expiresAt }: LoanStatus, metrics: Metrics, log: Log) {
  metrics.renewed(name, error === undefined ? 'success' : 'failure')
  const facts = { lent: name, state, expiresAt: expiresAt?.toISOString() }
  if (error === undefined) log.info(facts, 'renewed')
  else log.warn({ ...facts, ...error.toJSON() }, 'not renewed')
}

function wrote({ done, changed, error }: OutputOutcome, { name, state }: LoanStatus, metrics: Metrics, log: Log) {
  metrics.output(name, done, error === undefined ? 'success' : 'failure')
  const facts = { file: name, state }
  if (error !== undefined) log.warn({ ...facts, ...error.toJSON() }, done === 'write' ? 'not written' : 'not told')
  else log.info(facts, done === 'write' ? 'written' : changed ? 'told' : 'nobody to tell')
}

/** `--unit` prints it, `--unit-file` writes it. */
async function unit(flags: AgentFlags, terminal: Terminal): Promise<number> {
  const text = await agentUnit(flags, terminal, callContext(terminal, new AbortController().signal))
  if (flags.unitFile === undefined) {
    terminal.out(text)
    return exitStatus.done
  }
  const path = resolve(terminal.cwd, flags.unitFile)
  const changed = await writeUnit(path, text)
  terminal.out(`${changed ? 'wrote' : 'nothing to change in'} ${path}\n`)
  if (changed) terminal.note(`Then: systemctl daemon-reload && systemctl enable --now ${basename(path)}`)
  return exitStatus.done
}

function ended(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal))
  })
}
