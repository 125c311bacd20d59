import { CommanderError } from 'commander'
import { exitStatus } from './exit-status.ts'
import { reportFailure } from './failure.ts'
import { meantFlag } from './meant-flag.ts'
import { buildProgram } from './program.ts'
import { processTerminal, type Terminal } from './terminal.ts'
import { withoutValues } from './usage-text.ts'

/** Runs the command and gives its exit status; never throws. */
export async function run(given: readonly string[], version: string, terminal?: Terminal): Promise<number> {
  const outside = terminal ?? processTerminal(given, version)
  const args = withoutTrace(given)
  const traced = args.length < given.length || outside.env['FEDERATE_TRACE'] !== undefined
  let status: number = exitStatus.done
  const program = buildProgram(args, version, outside, (result) => {
    status = result
  })
  try {
    await program.parseAsync(args, { from: 'user' })
    return status
  } catch (error) {
    // Commander has said what it had to say; help and version end this way too.
    if (error instanceof CommanderError)
      return error.exitCode === 0
        ? exitStatus.done
        : wrongUsage(error, meantFlag(program, args, error.message), args, outside)
    if (traced && error instanceof Error) outside.note(traceOf(error))
    return reportFailure(error, asked(args), outside, args.includes('--json'))
  }
}

/** `--trace` may stand anywhere, but for the words of a command that is run. */
function withoutTrace(args: readonly string[]): readonly string[] {
  const end = args.includes('--') ? args.indexOf('--') : args.length
  return args.filter((argument, index) => argument !== '--trace' || index >= end)
}

/** People have been told by commander on stderr; programs are told here. */
function wrongUsage(
  { message }: CommanderError,
  meant: string | undefined,
  args: readonly string[],
  terminal: Terminal,
): number {
  const hint = meant === undefined ? '' : `(Did you mean ${meant}?)`
  if (hint !== '') terminal.note(hint)
  const problem = [withoutValues(message).replace(/^error: /, ''), hint].join(' ').trim()
  const error = { asked: asked(args), code: 'USAGE', outcome: 'usage', problem, next: 'Run `federate --help`.' }
  if (args.includes('--json')) terminal.out(`${JSON.stringify({ error }, undefined, 2)}\n`)
  return exitStatus.usage
}

/** The stack of an error and of its causes; messages are redacted where the errors were made. */
function traceOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${traceOf(error.cause)}` : ''
  return `${error.stack ?? error.message}${cause}`
}

/** The words of the command line up to the first option: what was asked, without values that might be private. */
function asked(args: readonly string[]): string {
  const end = args.findIndex((argument) => argument.startsWith('-'))
  return (end === -1 ? args : args.slice(0, end)).join(' ')
}
