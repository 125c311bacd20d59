import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Keeper, newSecret, serveEndpoints } from '@federate/agent'
import { FederateError, type ServiceFile } from '@federate/core'
import { type Ending, runChild, statusOfEnding } from '../child.ts'
import { childEnvironment } from '../child-environment.ts'
import { chosenTargets } from '../chosen-targets.ts'
import { callContext } from '../context.ts'
import { placeEndpoint } from '../endpoint-files.ts'
import { exitStatus } from '../exit-status.ts'
import { reportFailure } from '../failure.ts'
import { type LentTarget, lentTargets } from '../lending.ts'
import { type OwnCommand, ownCommand } from '../own-command.ts'
import { loadService } from '../service.ts'
import type { ServiceFlags } from '../service-flags.ts'
import type { Terminal } from '../terminal.ts'
import { tokenSourceOf } from '../token-source.ts'

export interface ExecOptions extends ServiceFlags {
  target?: string[]
  cache?: boolean
  /** The service, before `--`. */
  words: readonly string[]
}

/**
 * `federate exec [service] -- command`: runs a command whose SDKs fetch fresh credentials from this process, for as long
 * as it runs. Ends as the command does; its own failures are 125, as those of `env` and `timeout`, 126 and 127.
 */
export async function exec(options: ExecOptions, terminal: Terminal): Promise<number> {
  try {
    const command = commandOf(options, terminal)
    const ending = await runWithCredentials(command, options, terminal)
    return 'notStarted' in ending ? notStarted(command[0], ending.notStarted, terminal) : statusOfEnding(ending)
  } catch (error) {
    const status = reportFailure(error, 'exec', terminal, false)
    return status === exitStatus.interrupted ? status : exitStatus.notRun
  }
}

async function runWithCredentials(
  command: readonly [string, ...string[]],
  options: ExecOptions,
  terminal: Terminal,
): Promise<Ending> {
  const service = await loadService(named(options, command.length), terminal)
  const ended = new AbortController()
  const context = callContext(terminal, ended.signal)
  const source = tokenSourceOf(service.file, service.directory, context)
  const names = chosenTargets(service.file, options.target)
  const lent = await lentTargets(service, names, source, context, { cached: options.cache ?? true })
  // A command that is started without credentials would fail in its own words.
  await Promise.all(lent.map(({ loan }) => loan.renew()))
  await Promise.all(lent.map(({ loan }) => loan.get()))
  const folder = await folderFor(lent)
  const own = await ownCommand(terminal)
  try {
    return await runWithEndpoint(command, { file: service.file, lent, folder, own }, terminal)
  } finally {
    ended.abort(new Error('The command has ended.'))
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
    await own.remove()
  }
}

interface Lending {
  readonly file: ServiceFile
  readonly lent: readonly LentTarget[]
  /** Of the files that SDKs read; nothing where none reads any. */
  readonly folder: string | undefined
  readonly own: OwnCommand
}

async function runWithEndpoint(
  [program, ...args]: readonly [string, ...string[]],
  { file, lent, folder, own }: Lending,
  terminal: Terminal,
): Promise<Ending> {
  const server = await serveEndpoints()
  const keeper = new Keeper()
  try {
    const opened = lent.map((target) => open(target))
    server.open(opened.map(({ door }) => door))
    keeper.add(...lent.map(({ loan }) => loan))
    const variables = await Promise.all(
      opened.map(({ target: { endpoint, runtime, target }, door, secret }) => {
        const place = {
          url: `${server.url}${door.path}`,
          secret: { value: secret },
          folder: join(folder ?? tmpdir(), target),
        }
        return placeEndpoint(endpoint, place, runtime, terminal.env)
      }),
    )
    const { env, removed } = childEnvironment(terminal.env, file, lent, Object.assign({}, ...variables))
    tellWhatIsHidden(removed, lent, terminal)
    return await runChild({ program, args, env: { ...env, ...own.env } })
  } finally {
    keeper.stop()
    await server.close()
  }
}

/**
 * A folder for the files that SDKs read. Not where none reads any: a disk that is full keeps nobody from their command then.
 *
 * @throws FederateError `TEMPORARY_FOLDER` (failed)
 */
async function folderFor(lent: readonly LentTarget[]): Promise<string | undefined> {
  if (lent.every(({ endpoint }) => endpoint.files === undefined)) return undefined
  try {
    // 0700, as mkdtemp makes it.
    return await mkdtemp(join(tmpdir(), 'federate-exec-'))
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    throw new FederateError({
      code: 'TEMPORARY_FOLDER',
      outcome: 'failed',
      problem: `No folder can be made in ${tmpdir()} for the files that the command's SDKs read (${code}).`,
      next: 'Set TMPDIR to a folder that this user may write to.',
      details: { folder: tmpdir(), systemCode: code },
      cause,
    })
  }
}

/** The word before `--` is the service, as `-s` would name it. */
function named(options: ExecOptions, after: number): ServiceFlags {
  const [service] = options.words.length > after ? options.words : []
  return service === undefined ? options : { ...options, service }
}

function open(target: LentTarget) {
  const secret = newSecret()
  return { target, secret, door: target.door(secret) }
}

/** What stands after `--`; commander does not tell it from what stands before. */
function commandOf({ words }: ExecOptions, { args }: Terminal): [string, ...string[]] {
  const end = args.indexOf('--')
  const [program, ...rest] = end === -1 ? [] : args.slice(end + 1)
  const before = words.length - rest.length - 1
  if (program !== undefined && before <= 1) return [program, ...rest]
  throw new FederateError({
    code: 'COMMAND_MISSING',
    outcome: 'usage',
    problem:
      program === undefined
        ? 'There is no command after --.'
        : `There are ${before} words before --, where at most the service's name is expected.`,
    next: 'Write `federate exec [service] -- command`.',
  })
}

/** Once, and only what is there: whoever wonders why a profile is not used reads it here. */
function tellWhatIsHidden(
  removed: readonly string[],
  lent: readonly LentTarget[],
  { env, note, style }: Terminal,
): void {
  const home = env['HOME'] ?? env['USERPROFILE'] ?? ''
  const files = lent
    .flatMap(({ endpoint }) => endpoint.outrankingFiles)
    .filter((file) => home !== '' && existsSync(join(home, file)))
    .map((file) => `~/${file}`)
  const hidden = [...removed, ...files]
  if (hidden.length > 0) note(`${style('dim', 'hidden from the command:')} ${hidden.join(', ')}`)
}

function notStarted(program: string, code: string, { note, style }: Terminal): number {
  const missing = code === 'ENOENT'
  note(`${style('red', 'error')} ${program} ${missing ? 'was not found' : `cannot be run (${code})`}.`)
  return missing ? exitStatus.notFound : exitStatus.notExecutable
}
