import { CommanderError } from 'commander'
import { exitStatus } from './exit-status.ts'
import { withHelpLast, withoutLostHelp } from './help-words.ts'
import { helpOf, meantFlag } from './meant-flag.ts'
import { buildProgram } from './program.ts'
import { asked, reported } from './reported.ts'
import { processTerminal, type Terminal } from './terminal.ts'
import { withoutValues } from './usage-text.ts'

/** Runs the command and gives its exit status; never throws. */
export async function run(given: readonly string[], version: string, terminal?: Terminal): Promise<number> {
  const outside = terminal ?? processTerminal(given, version)
  const traceless = withoutTrace(given)
  const args = withHelpLast(traceless)
  let status: number = exitStatus.done
  const program = buildProgram(args, version, outside, (result) => {
    status = result
  })
  const work = async () => {
    try {
      await program.parseAsync(withoutLostHelp(args, program), { from: 'user' })
      return status
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error
      // Commander has said what it had to say; help and version end this way too.
      if (error.exitCode === 0) return exitStatus.done
      return wrongUsage(
        error,
        { meant: meantFlag(program, args, error.message), help: helpOf(program, args) },
        args,
        outside,
      )
    }
  }
  return reported(work, args, outside, traceless.length < given.length)
}

/** `--trace` may stand anywhere, but for the words of a command that is run. */
function withoutTrace(args: readonly string[]): readonly string[] {
  const end = args.includes('--') ? args.indexOf('--') : args.length
  return args.filter((argument, index) => argument !== '--trace' || index >= end)
}

/** People have been told by commander on stderr; programs are told here. */
function wrongUsage(
  { message }: CommanderError,
  { meant, help }: { readonly meant: string | undefined; readonly help: string },
  args: readonly string[],
  terminal: Terminal,
): number {
  const hint = meant === undefined ? '' : `(Did you mean ${meant}?)`
  if (hint !== '') terminal.note(hint)
  const problem = [withoutValues(message).replace(/^error: /, ''), hint].join(' ').trim()
  const error = { asked: asked(args), code: 'USAGE', outcome: 'usage', problem, next: `Run \`${help}\`.` }
  if (args.includes('--json')) terminal.out(`${JSON.stringify({ error }, undefined, 2)}\n`)
  return exitStatus.usage
}
