import { readdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { LoanStatus } from '@federate/agent'
import { type AgentService, type OutputOutcome, tokenDoor } from '@federate/agent/daemon'
import {
  type CallContext,
  FederateError,
  readServiceFile,
  resolveServiceFile,
  serviceFolder,
  type TokenSource,
} from '@federate/core'
import { agentFilePath } from './agent-file-path.ts'
import { agentOutputs, type KeptOutputs } from './agent-outputs.ts'
import { type LendingOptions, type LentTarget, lentTargets } from './lending.ts'
import type { LoadedService } from './service.ts'
import type { Terminal } from './terminal.ts'
import { type SharedMetadata, tokenSourceOf } from './token-source.ts'

export interface AgentServicesOptions {
  /** Service files, and folders of them. */
  readonly paths: readonly string[]
  /** What `--config` names. */
  readonly config?: string | undefined
  readonly cached: boolean
  readonly onRenewal: (error: FederateError | undefined, status: LoanStatus) => void
  readonly onOutcome: (outcome: OutputOutcome, status: LoanStatus) => void
}

/** A service of a file, with what is lent of it. */
export interface LentService extends LoadedService {
  readonly path: string
  readonly source: TokenSource
  readonly lent: readonly LentTarget[]
}

/**
 * The services of these files and folders, each with what is lent of it and the files that are kept for it.
 *
 * @throws FederateError of the bad file.
 */
export async function agentServices(
  options: AgentServicesOptions,
  terminal: Terminal,
  context: CallContext,
): Promise<readonly AgentService[]> {
  const services = await lentServices(options, terminal, context)
  const config = await agentFilePath(options, terminal)
  const outputs = config === undefined ? undefined : await agentOutputs(config, services, context, options)
  return services.map((service) => agentService(service, outputs?.get(service.file.service)))
}

/** The services of these files and folders. @throws FederateError of the bad file. */
export async function lentServices(
  options: LendingOptions & Pick<AgentServicesOptions, 'paths'>,
  terminal: Terminal,
  context: CallContext,
): Promise<readonly LentService[]> {
  try {
    const files = await serviceFiles(options.paths, terminal)
    const shared: SharedMetadata = new Map()
    return await Promise.all(files.map((path) => lentService(path, context, options, shared)))
  } catch (error) {
    throw inWordsOfAgent(error)
  }
}

async function lentService(
  path: string,
  context: CallContext,
  options: LendingOptions,
  shared: SharedMetadata,
): Promise<LentService> {
  const file = await readServiceFile(path)
  const service: LoadedService = { file, path, directory: dirname(path), stamps: {} }
  const source = tokenSourceOf(file, service.directory, context, shared)
  const lent = await lentTargets(service, Object.keys(file.targets), source, context, options)
  return { ...service, path, source, lent }
}

function agentService({ file, path, source, lent }: LentService, kept: KeptOutputs | undefined): AgentService {
  return {
    name: file.service,
    fingerprint: JSON.stringify([path, file, kept?.wishes ?? []]),
    loans: [...lent.map(({ loan }) => loan), ...(kept?.tokens ?? [])],
    outputs: kept?.outputs ?? [],
    doors: (secret) => [...lent.map(({ door }) => door(secret)), tokenDoor(file.service, source, secret)],
  }
}

async function serviceFiles(paths: readonly string[], terminal: Terminal): Promise<readonly string[]> {
  const { env, cwd } = terminal
  if (paths.length === 0) {
    const folder = await serviceFolder({ env, cwd })
    return folder === undefined ? [await resolveServiceFile({ env, cwd })] : filesAt(folder, terminal)
  }
  const found = await Promise.all(paths.map((path) => filesAt(path, terminal)))
  return [...new Set(found.flat())]
}

async function filesAt(named: string, terminal: Terminal): Promise<readonly string[]> {
  const { path, isFolder } = await servicePlace(named, terminal)
  if (!isFolder) return [path]
  const names = (await readdir(path)).filter((name) => name.endsWith('.federate.json')).sort()
  if (names.length > 0) return names.map((name) => join(path, name))
  throw new FederateError({
    code: 'SERVICE_FILE_MISSING',
    outcome: 'usage',
    problem: `There is no *.federate.json in ${path}.`,
    next: howToName,
  })
}

const howToName =
  'Name service files, or folders of them, as in `federate agent /etc/federate`. `federate setup --service-files <folder>` writes them.'

/** Other verbs are told their service file by `-s`, and so say the errors of core; the agent is told its files by words. */
function inWordsOfAgent(error: unknown): unknown {
  const codes = ['SERVICE_FILE_MISSING', 'SERVICE_FILE_AMBIGUOUS']
  if (!(error instanceof FederateError) || !codes.includes(error.code)) return error
  const { code, outcome, problem, details } = error
  return new FederateError({ code, outcome, problem, next: howToName, details })
}

/** The absolute path of what a word of the command line names: a folder of service files, or a service file. */
export async function servicePlace(named: string, { cwd, env }: Pick<Terminal, 'cwd' | 'env'>) {
  const path = resolve(cwd, named)
  const isFolder = await stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  )
  return { path: isFolder ? path : await resolveServiceFile({ path: named, env, cwd }), isFolder }
}
