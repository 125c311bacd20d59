import {
  type CallContext,
  type Cloud,
  type CloudCredentials,
  FederateError,
  type RuntimeTarget,
  type TokenSource,
  tokenFile,
} from '@federate/core'
import { type CloudName, loadCloud } from '../clouds.ts'
import { callContext } from '../context.ts'
import { targetFields, targetFlag } from '../credential-flags.ts'
import { exitStatus } from '../exit-status.ts'
import { chooseTarget, type LoadedService, loadService } from '../service.ts'
import type { ServiceFlags } from '../service-flags.ts'
import type { Terminal } from '../terminal.ts'
import { tokenSourceOf } from '../token-source.ts'

export interface CredentialsOptions extends ServiceFlags {
  cloud: CloudName
  target?: string
  format?: string
  tokenFile?: string
  profile?: string
}

/** `federate credentials <cloud>`: exchanges the service's token and prints what unmodified software reads. */
export async function credentials(options: CredentialsOptions, terminal: Terminal): Promise<number> {
  const cloud = await loadCloud(options.cloud)
  const format = chooseFormat(cloud, options.format)
  const service = await loadService(options, terminal)
  const [where, target] = targetOf(service, options)
  const runtime = await cloud.runtime({ ...target, ...(await targetFields(options.cloud, options, terminal)) }, where)
  const context = callContext(terminal, new AbortController().signal)
  const source = sourceOf(service, options, context, terminal.cwd)
  const obtained = await cloud.exchange(runtime, source, context)
  if (options.profile !== undefined) return store(cloud, obtained, options.profile, context, terminal)
  terminal.out(`${(await cloud.format(format, obtained, runtime)).trimEnd()}\n`)
  return exitStatus.done
}

async function store(
  { name, profiles }: Cloud,
  obtained: CloudCredentials,
  profile: string,
  context: CallContext,
  terminal: Terminal,
): Promise<number> {
  if (profiles === undefined) {
    throw new FederateError({
      code: 'PROFILES_UNKNOWN',
      outcome: 'usage',
      problem: `The tools of ${name} have no profiles that hold credentials.`,
      next: 'Leave --profile out to print them.',
    })
  }
  const path = await (await profiles()).store(obtained, profile, context)
  terminal.note(
    `Credentials of ${obtained.identity} until ${obtained.expiresAt.toISOString()} are in profile ${profile} of ${path}.`,
  )
  return exitStatus.done
}

function chooseFormat({ name, formats }: Cloud, wanted: string | undefined): string {
  const chosen = formats.find((format) => format === (wanted ?? formats[0]))
  if (chosen !== undefined) return chosen
  throw new FederateError({
    code: 'FORMAT_UNKNOWN',
    outcome: 'usage',
    problem: `There is no format "${wanted}" for credentials of ${name}; there is: ${formats.join(', ')}.`,
    next: 'Choose one of these with --format.',
  })
}

function targetOf({ file, path }: LoadedService, options: CredentialsOptions): [string, RuntimeTarget] {
  const flag = targetFlag(options.cloud, options)
  if (flag !== undefined) return [flag, { cloud: options.cloud }]
  const [name, target] = chooseTarget(file, options.cloud, options.target)
  return [`${path ?? file.service}: targets.${name}`, target]
}

/** The service's own tokens, or the one in `--token-file` whatever it is for: the cloud shall judge it, not we. */
function sourceOf(service: LoadedService, options: CredentialsOptions, context: CallContext, cwd: string): TokenSource {
  if (options.tokenFile === undefined) return tokenSourceOf(service.file, service.directory, context)
  const given = tokenFile({ file: options.tokenFile, baseDirectory: cwd, now: context.now })
  return { getToken: () => given.getToken() }
}
