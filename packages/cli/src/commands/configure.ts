import { resolve } from 'node:path'
import { FederateError } from '@federate/core'
import { type CloudName, loadCloud } from '../clouds.ts'
import { callContext } from '../context.ts'
import { exitStatus } from '../exit-status.ts'
import { chooseTarget, loadService } from '../service.ts'
import type { Terminal } from '../terminal.ts'

export interface ConfigureOptions {
  cloud: CloudName
  service?: string
  target?: string
  profile?: string
  json?: boolean
}

/** `federate configure <cloud>`: lets unmodified software get its credentials by running this command. */
export async function configure(options: ConfigureOptions, terminal: Terminal): Promise<number> {
  const cloud = await loadCloud(options.cloud)
  if (cloud.profiles === undefined) throw noProfiles(options.cloud)
  const service = await loadService(options, terminal)
  const [name, target] = chooseTarget(service.file, options.cloud, options.target)
  const path = resolve(terminal.cwd, service.path ?? '')
  const runtime = await cloud.runtime(target, `${path}: targets.${name}`)
  // The program that will run it has another folder, another PATH and another environment.
  const command = [...terminal.command, 'credentials', options.cloud, '--service', path, '--target', name]
  const profile = options.profile ?? service.file.service
  const context = callContext(terminal, new AbortController().signal)
  const result = await (await cloud.profiles()).configure(command, profile, runtime, context)
  for (const warning of result.warnings) context.warn(warning)
  if (options.json === true) terminal.out(`${JSON.stringify({ profile, ...result }, undefined, 2)}\n`)
  else terminal.out(`${result.changed ? 'wrote' : 'unchanged'} profile ${profile} in ${result.path}\n`)
  return exitStatus.done
}

function noProfiles(cloud: string): FederateError {
  return new FederateError({
    code: 'PROFILES_UNKNOWN',
    outcome: 'usage',
    problem: `The tools of ${cloud} have no profiles that run a command.`,
    next: `Print the credentials with \`federate credentials ${cloud}\`.`,
  })
}
