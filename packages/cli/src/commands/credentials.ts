import {
  type CallContext,
  type Cloud,
  type CloudCredentials,
  FederateError,
  type TokenSource,
  tokenFile,
  tokenText,
} from '@federate/core'
import { type KeptCredentials, renewAt } from '@federate/core/cache'
import { keepAnswer } from '../answers/keep-answer.ts'
import { exchangeThroughCache } from '../cached-exchange.ts'
import { chosenRuntime } from '../chosen-runtime.ts'
import { type CloudName, loadCloud } from '../clouds.ts'
import { callContext } from '../context.ts'
import { credentialFlags } from '../credential-flags.ts'
import { exitStatus } from '../exit-status.ts'
import { type HandedOver, handOver } from '../hand-over.ts'
import { refuseIgnoredFlags } from '../ignored-flags.ts'
import { type LoadedService, loadService } from '../service.ts'
import type { ServiceFlags } from '../service-flags.ts'
import type { Terminal } from '../terminal.ts'
import { tokenSourceOf } from '../token-source.ts'

export interface CredentialsOptions extends ServiceFlags {
  cloud: CloudName
  target?: string
  format?: string
  tokenFile?: string
  profile?: string
  cache?: boolean
}

/** `federate credentials <cloud>`: exchanges the service's token and prints what unmodified software reads. */
export async function credentials(options: CredentialsOptions, terminal: Terminal): Promise<number> {
  const cloud = await loadCloud(options.cloud)
  if (cloud.handOver !== undefined && options.format === cloud.handOverFormat) {
    const context = callContext(terminal, new AbortController().signal)
    await handOver(await cloud.handOver(), (quiet) => handedOver(cloud, options, quiet, terminal), context, terminal)
    return exitStatus.done
  }
  const format = chooseFormat(cloud, options.format)
  refuseIgnoredFlags(options)
  const service = await loadService(options, terminal)
  const { target, runtime } = await chosenRuntime(cloud, service, options, terminal)
  const context = callContext(terminal, new AbortController().signal)
  const source = await sourceOf(service, options, context, terminal)
  const wish = {
    cloud,
    service,
    target,
    runtime,
    source,
    cached: mayBeCached(options) && cloud.uncachedFormats?.includes(format) !== true,
  }
  const { credentials: obtained, kept } = await exchangeThroughCache(wish, context)
  if (options.profile !== undefined) return store(cloud, obtained, options.profile, context, terminal)
  const output = `${(await cloud.format(format, obtained, runtime)).trimEnd()}\n`
  terminal.out(output)
  if (kept !== undefined && !usesFiles(options)) await keepForNextTime(output, kept, cloud, service, terminal)
  return exitStatus.done
}

async function handedOver(
  cloud: Cloud,
  options: CredentialsOptions,
  context: CallContext,
  terminal: Terminal,
): Promise<HandedOver> {
  refuseIgnoredFlags(options)
  const service = await loadService(options, terminal)
  const { runtime } = await chosenRuntime(cloud, service, options, terminal)
  return { runtime, audience: cloud.audience(runtime), source: await sourceOf(service, options, context, terminal) }
}

/** A token from elsewhere is to be tried, and a profile shall hold what lives longest. */
function mayBeCached({ cache = true, tokenFile, profile }: CredentialsOptions): boolean {
  return cache && tokenFile === undefined && profile === undefined
}

/** Whether flags name files: what they hold is not part of the question. */
function usesFiles(options: CredentialsOptions): boolean {
  return credentialFlags[options.cloud].some(
    ({ kind, name }) => kind === 'json file' && Reflect.get(options, name) !== undefined,
  )
}

async function keepForNextTime(
  output: string,
  kept: KeptCredentials,
  { environment = [] }: Cloud,
  { stamps }: LoadedService,
  { args, cwd, version, env, now }: Terminal,
): Promise<void> {
  const names = ['FEDERATE_SERVICE', ...environment]
  const answer = {
    question: { args, cwd, version },
    environment: Object.fromEntries(names.map((name) => [name, env[name] ?? null])),
    files: stamps,
    from: kept.obtainedAt,
    until: renewAt(kept),
    output,
  }
  await keepAnswer(answer, env, now)
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

function chooseFormat({ name, formats, handOverFormat }: Cloud, wanted: string | undefined): string {
  const chosen = formats.find((format) => format === (wanted ?? formats[0]))
  if (chosen !== undefined) return chosen
  throw new FederateError({
    code: 'FORMAT_UNKNOWN',
    outcome: 'usage',
    problem: `There is no format "${wanted}" for credentials of ${name}; there is: ${[...formats, handOverFormat ?? []].flat().join(', ')}.`,
    next: 'Choose one of these with --format.',
  })
}

/** The service's own tokens, or the one in `--token-file` whatever it is for: the cloud shall judge it, not we. */
async function sourceOf(
  service: LoadedService,
  { tokenFile: file }: CredentialsOptions,
  context: CallContext,
  terminal: Terminal,
): Promise<TokenSource> {
  if (file === undefined) return tokenSourceOf(service.file, service.directory, context)
  const given =
    file === '-'
      ? tokenText('Standard input', await terminal.readStandardInput(), context.now)
      : tokenFile({ file, baseDirectory: terminal.cwd, now: context.now })
  return { getToken: () => given.getToken() }
}
