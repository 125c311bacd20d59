import { resolve } from 'node:path'
import { type Configured, FederateError } from '@federate/core'
import { type CloudName, loadCloud } from '../clouds.ts'
import { configureFlags } from '../configure-flags.ts'
import { callContext } from '../context.ts'
import { exitStatus } from '../exit-status.ts'
import { chooseTarget, loadService } from '../service.ts'
import type { Terminal } from '../terminal.ts'

export interface ConfigureOptions {
  readonly cloud: CloudName
  readonly service?: string
  readonly target?: string
  readonly json?: boolean
}

/** `federate configure <cloud>`: lets unmodified software get its credentials by itself. */
export async function configure(options: ConfigureOptions, terminal: Terminal): Promise<number> {
  const cloud = await loadCloud(options.cloud)
  if (cloud.configure === undefined) throw noConfiguration(options.cloud)
  const service = await loadService(options, terminal)
  const [target, fields] = chooseTarget(service.file, options.cloud, options.target)
  const path = resolve(terminal.cwd, service.path ?? '')
  const context = callContext(terminal, new AbortController().signal)
  const wish = {
    service: service.file.service,
    target,
    runtime: await cloud.runtime(fields, `${path}: targets.${target}`),
    auth: service.file.auth,
    directory: resolve(terminal.cwd, service.directory),
    // The program that will run it has another folder, another PATH and another environment.
    command: [...terminal.command, 'credentials', options.cloud, '--service', path, '--target', target],
    flags: flagsOf(options, terminal),
  }
  tell(await cloud.configure(wish, context), options, terminal)
  return exitStatus.done
}

function flagsOf(options: ConfigureOptions, { cwd }: Terminal): Record<string, string> {
  return Object.fromEntries(
    (configureFlags[options.cloud] ?? []).flatMap(({ name, path }): [string, string][] => {
      const given: unknown = Reflect.get(options, name)
      return typeof given === 'string' ? [[name, path === true ? resolve(cwd, given) : given]] : []
    }),
  )
}

function tell(configured: Configured, { json }: ConfigureOptions, terminal: Terminal): void {
  const { what, path, changed, warnings, environment, commands = [] } = configured
  for (const warning of warnings) terminal.note(`${terminal.style('yellow', 'warning:')} ${warning}`)
  if (json === true) {
    terminal.out(`${JSON.stringify(configured, undefined, 2)}\n`)
    return
  }
  terminal.out(`${changed ? 'wrote' : 'unchanged'} ${what} in ${path}\n`)
  const lines = Object.entries(environment).map(([name, value]) => `  export ${name}=${value}`)
  terminal.note(['to use it:', ...lines, ...commands.map((line) => `  ${line}`)].join('\n'))
}

function noConfiguration(cloud: string): FederateError {
  return new FederateError({
    code: 'CONFIGURE_UNKNOWN',
    outcome: 'usage',
    problem: `The tools of ${cloud} read no file that runs a command.`,
    next: `Print the credentials with \`federate credentials ${cloud}\`.`,
  })
}
