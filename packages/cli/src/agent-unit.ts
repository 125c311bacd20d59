import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { systemdUnit, unitMark } from '@federate/agent/daemon'
import { type CallContext, FederateError, refuseOpenPlace, writeFileAtomically } from '@federate/core'
import { agentFilePath } from './agent-file-path.ts'
import { wishedOutputs } from './agent-outputs.ts'
import { lentServices, servicePlace } from './agent-services.ts'
import { type ListenFlags, listened, listenPlaces } from './listen-places.ts'
import { systemdCredentials } from './systemd-credentials.ts'
import type { Terminal } from './terminal.ts'

export interface UnitFlags extends ListenFlags {
  paths: readonly string[]
  config?: string
  logLevel?: string
  cache?: boolean
  /** Where to write it. */
  unitFile?: string
}

/** The unit that starts this very agent, for the service files as they are now. */
export async function agentUnit(flags: UnitFlags, terminal: Terminal, context: CallContext): Promise<string> {
  const listen = listenPlaces(flags, terminal.cwd, context.warn)
  const services = await lentServices({ paths: flags.paths, cached: true }, terminal, context)
  const named = await Promise.all(flags.paths.map((path) => servicePlace(path, terminal)))
  const places = (named.length === 0 ? services : named).map(({ path }) => path)
  const config = await agentFilePath(flags, terminal)
  const outputs = config === undefined ? [] : (await wishedOutputs(config, services)).outputs
  return systemdUnit({
    command: terminal.command,
    args: [...places, ...args(flags, config, terminal.cwd)],
    credentials: services.flatMap(systemdCredentials),
    outputFolders: [...new Set(outputs.map(({ path }) => dirname(path)))],
    readsFilesOfRoot: flags.tlsKey !== undefined,
    // 0 stands for any that is free, and those are high.
    bindsLowPort: listen.some(({ port = 0 }) => port > 0 && port < 1024),
  })
}

/** systemd starts it in another folder. */
function args(flags: UnitFlags, config: string | undefined, cwd: string): string[] {
  const { tlsCert, tlsKey, tlsClientCa, host = [], logLevel, cache } = flags
  const file = (flag: string, path: string | undefined) => (path === undefined ? [] : [flag, resolve(cwd, path)])
  return [
    ...file('--config', config),
    ...listened(flags).flatMap((address) => ['--listen', address]),
    ...file('--tls-cert', tlsCert),
    ...file('--tls-key', tlsKey),
    ...file('--tls-client-ca', tlsClientCa),
    ...host.flatMap((name) => ['--host', name]),
    ...(logLevel === undefined || logLevel === 'info' ? [] : ['--log-level', logLevel]),
    ...(cache === false ? ['--no-cache'] : []),
  ]
}

/**
 * Writes a unit, and says whether it is another one now. Only a unit that federate wrote is written over.
 *
 * @throws FederateError `UNIT_TAKEN` (usage), `OUTPUT_FOLDER_OPEN`, `FILE_NOT_WRITTEN` (failed).
 */
export async function writeUnit(path: string, text: string): Promise<boolean> {
  const present = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw taken(path, `cannot be read (${error.code})`)
  })
  await refuseOpenPlace(path)
  if (present === text) return false
  if (present !== undefined && !present.startsWith(unitMark))
    throw taken(path, 'is there, and federate did not write it')
  await writeFileAtomically(path, text, { mode: 0o644, exactMode: true })
  return true
}

function taken(path: string, what: string): FederateError {
  return new FederateError({
    code: 'UNIT_TAKEN',
    outcome: 'usage',
    problem: `${path} ${what}.`,
    next: 'Name another file with --unit-file; changes of your own belong into a drop-in (`systemctl edit`).',
    details: { path },
  })
}
