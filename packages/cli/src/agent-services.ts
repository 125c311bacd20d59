import { readdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { LoanStatus } from '@federate/agent'
import { type AgentService, tokenDoor } from '@federate/agent/daemon'
import { type CallContext, FederateError, readServiceFile, resolveServiceFile } from '@federate/core'
import { lentTargets } from './lending.ts'
import type { LoadedService } from './service.ts'
import type { Terminal } from './terminal.ts'
import { type SharedMetadata, tokenSourceOf } from './token-source.ts'

export interface AgentServicesOptions {
  readonly cached: boolean
  readonly onRenewal: (error: FederateError | undefined, status: LoanStatus) => void
}

/** The services of these files and folders, each with what is lent of it. @throws FederateError of the bad one. */
export async function agentServices(
  paths: readonly string[],
  terminal: Terminal,
  context: CallContext,
  options: AgentServicesOptions,
): Promise<readonly AgentService[]> {
  const files = await serviceFiles(paths, terminal)
  const shared: SharedMetadata = new Map()
  return Promise.all(files.map((path) => agentService(path, context, options, shared)))
}

async function agentService(
  path: string,
  context: CallContext,
  options: AgentServicesOptions,
  shared: SharedMetadata,
): Promise<AgentService> {
  const file = await readServiceFile(path)
  const service: LoadedService = { file, path, directory: dirname(path), stamps: {} }
  const source = tokenSourceOf(file, service.directory, context, shared)
  const lent = await lentTargets(service, Object.keys(file.targets), source, context, options)
  return {
    name: file.service,
    fingerprint: JSON.stringify([path, file]),
    loans: lent.map(({ loan }) => loan),
    doors: (secret) => [...lent.map(({ door }) => door(secret)), tokenDoor(file.service, source, secret)],
  }
}

async function serviceFiles(paths: readonly string[], terminal: Terminal): Promise<readonly string[]> {
  if (paths.length === 0) return [await resolveServiceFile({ env: terminal.env, cwd: terminal.cwd })]
  const found = await Promise.all(paths.map((path) => filesAt(path, terminal)))
  return [...new Set(found.flat())]
}

async function filesAt(named: string, { cwd, env }: Terminal): Promise<readonly string[]> {
  const path = resolve(cwd, named)
  const isFolder = await stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  )
  if (!isFolder) return [await resolveServiceFile({ path: named, env, cwd })]
  const names = (await readdir(path)).filter((name) => name.endsWith('.federate.json')).sort()
  if (names.length > 0) return names.map((name) => join(path, name))
  throw new FederateError({
    code: 'SERVICE_FILE_MISSING',
    outcome: 'usage',
    problem: `There is no *.federate.json in ${path}.`,
    next: 'Name another folder, or write service files into it with `federate setup --service-files`.',
  })
}
